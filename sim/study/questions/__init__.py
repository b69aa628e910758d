"""Questions asked of many runs, a module each: what may be asked, how it is answered, what the answer is.

A module is named as its command and holds ``FOLDER`` (of shipped questions, in ``scenarios/``), ``DEFAULT`` (the one
that is meant when none is named, or empty), ``Question`` (the schema of a file), ``answer`` (question to answer) and
the answer's class, a ``sim.study.runs.study.Study`` whose ``kind`` is the module's name and which can ``plot()``.
Nothing else has to know of a new one but ``sim/report/answers/``, which says it to people.
"""
