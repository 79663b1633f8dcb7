// UPSTREAM is put in by the bundler.
export default {
  fetch() {
    return fetch(UPSTREAM);
  },
};
