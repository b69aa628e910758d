// A chart of the desk: drawn again when its specification changes, or when its place becomes visible or wider.
export default {
  template: `
    <figure class="chart" v-show="spec" role="group" :aria-label="heading">
      <figcaption><h3 v-if="heading">{{ heading }}</h3><p class="quiet" v-if="note">{{ note }}</p></figcaption>
      <div ref="place"></div>
    </figure>`,
  props: { spec: String, heading: String, note: String },
  mounted() {
    this.draw();
  },
  watch: {
    spec() {
      this.draw();
    },
  },
  unmounted() {
    this.drawn?.finalize();
  },
  methods: {
    async draw() {
      const asked = this.spec;
      if (asked === this.asked) return;
      this.asked = asked;
      if (!this.spec) {
        this.drawn?.finalize();
        this.drawn = undefined;
        return;
      }
      await this.$nextTick();
      const holder = document.createElement("div");
      holder.style.width = "100%";
      // The old picture stays until the new one is there.
      const place = this.$refs.place;
      place.append(holder);
      const spec = JSON.parse(asked);
      // Long names get room where there is room.
      spec.config.axis.labelLimit = Math.min(Math.max(place.clientWidth * 0.38, 110), 380);
      const drawn = await window.vegaEmbed(holder, spec, { actions: false, renderer: "svg", ast: true });
      if (asked !== this.asked || !holder.isConnected) {
        drawn.finalize();
        holder.remove();
        return;
      }
      // Colour scales are named by the page's address, which changes with every lever: the browser would then ask for
      // the page anew, as a picture.
      for (const one of holder.querySelectorAll('[fill^="url("]')) {
        one.setAttribute("fill", one.getAttribute("fill").replace(/^url\([^#]*#/, "url(#"));
      }
      this.drawn?.finalize();
      this.drawn = drawn;
      for (const old of [...place.children]) if (old !== holder) old.remove();
    },
  },
};
