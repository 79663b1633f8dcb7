// The JavaScript half of the streams spike: the same core as native_stream.cpp, as classes with private fields.
// It is kept to what a chunk touches: queue, read requests, desired size, pull algorithm, one transform hop.
(function () {
  'use strict';
  const PromiseThen = Function.prototype.call.bind(Promise.prototype.then);

  class Ring {
    items = new Array(16);
    head = 0;
    size = 0;
    push(item) {
      if (this.size === this.items.length) this.grow();
      this.items[(this.head + this.size++) & (this.items.length - 1)] = item;
    }
    shift() {
      const item = this.items[this.head];
      this.items[this.head] = undefined;
      this.head = (this.head + 1) & (this.items.length - 1);
      this.size--;
      return item;
    }
    grow() {
      const old = this.items;
      const next = new Array(old.length * 2);
      for (let i = 0; i < this.size; i++) next[i] = old[(this.head + i) & (old.length - 1)];
      this.items = next;
      this.head = 0;
    }
  }

  class Stream {
    #queue = new Ring();
    #reads = new Ring();
    #high_water_mark;
    #pull;
    #pulling = false;
    #pull_again = false;
    #on_pulled;
    constructor(pull, high_water_mark) {
      this.#pull = pull;
      this.#high_water_mark = high_water_mark;
      this.#on_pulled = () => {
        this.#pulling = false;
        if (!this.#pull_again) return;
        this.#pull_again = false;
        this.#call_pull();
      };
    }
    get desiredSize() {
      return this.#high_water_mark - this.#queue.size;
    }
    #call_pull() {
      if (this.#pull === undefined) return;
      if (this.#reads.size === 0 && this.#queue.size >= this.#high_water_mark) return;
      if (this.#pulling) {
        this.#pull_again = true;
        return;
      }
      this.#pulling = true;
      const result = this.#pull(this);
      PromiseThen(Promise.resolve(result), this.#on_pulled);
    }
    enqueue(chunk) {
      if (!(#queue in this)) throw new TypeError('Illegal invocation');
      if (this.#reads.size > 0) {
        this.#reads.shift()({ value: chunk, done: false });
      } else {
        this.#queue.push(chunk);
      }
      this.#call_pull();
    }
    read() {
      if (!(#queue in this)) throw new TypeError('Illegal invocation');
      if (this.#queue.size > 0) {
        const chunk = this.#queue.shift();
        this.#call_pull();
        return Promise.resolve({ value: chunk, done: false });
      }
      const promise = new Promise((resolve) => this.#reads.push(resolve));
      this.#call_pull();
      return promise;
    }
  }

  class Transform {
    #transform;
    readable = new Stream(undefined, 0);
    constructor(transform) {
      this.#transform = transform;
    }
    write(chunk) {
      if (!(#transform in this)) throw new TypeError('Illegal invocation');
      return new Promise((resolve) => {
        const result = this.#transform(chunk, this.readable);
        PromiseThen(Promise.resolve(result), () => resolve(undefined));
      });
    }
  }
  return { Stream, Transform };
})()
