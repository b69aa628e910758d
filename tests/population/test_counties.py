"""The table of counties."""

import pytest

from sim.population.counties import counties


def test_all_counties_with_weights_that_add_up():
    table = counties()
    assert len(table) == 129
    assert len(set(table.code)) == len(set(table.en)) == 129
    assert len(table.prefecture_code) == 16
    assert table.weight.sum() == pytest.approx(1)
    assert table.prefecture_weight[0] == pytest.approx(0.2420, abs=1e-4)  # Kunming, as is published
    assert all(
        code.startswith(table.prefecture_code[place]) for code, place in zip(table.code, table.prefecture, strict=True)
    )


def test_places_by_any_of_their_names():
    table = counties()
    assert table.county("瑞丽市") == table.county("Ruili") == table.county("533102")
    assert table.prefecture_index("5331") == table.prefecture_index("Dehong")
    with pytest.raises(ValueError, match=r"there is no county Ruilli; did you mean Ruili\?"):
        table.county("Ruilli")
