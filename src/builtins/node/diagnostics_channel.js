// node:diagnostics_channel (https://nodejs.org/api/diagnostics_channel.html).
(function (internal) {
'use strict';

const errors = internal.require('node_errors');
const channels = new Map();

// A subscriber or a transform that throws must not stop who publishes.
function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}

class Channel {
  constructor(name) {
    this._subscribers = [];
    this._stores = new Map();
    this.name = name;
  }
  get hasSubscribers() {
    return this._subscribers.length > 0 || this._stores.size > 0;
  }
  subscribe(subscription) {
    errors.check_function(subscription, 'subscription');
    this._subscribers = [...this._subscribers, subscription];
  }
  unsubscribe(subscription) {
    const at = this._subscribers.indexOf(subscription);
    if (at < 0) return false;
    this._subscribers = this._subscribers.toSpliced(at, 1);
    return true;
  }
  bindStore(store, transform) {
    this._stores.set(store, transform);
  }
  unbindStore(store) {
    return this._stores.delete(store);
  }
  publish(data) {
    for (const subscriber of this._subscribers) {
      try {
        subscriber(data, this.name);
      } catch (error) {
        report(error);
      }
    }
  }
  runStores(data, fn, receiver, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, receiver, args);
    };
    for (const [store, transform] of this._stores) {
      const inner = run;
      run = () => {
        let context = data;
        if (transform) {
          try {
            context = transform(data);
          } catch (error) {
            report(error);
            return inner();
          }
        }
        return store.run(context, inner);
      };
    }
    return run();
  }
}

function channel(name) {
  const known = channels.get(name);
  if (known !== undefined) return known;
  if (typeof name !== 'string' && typeof name !== 'symbol') throw errors.invalid_arg_type('channel', ['string', 'symbol'], name);
  const made = new Channel(name);
  channels.set(name, made);
  return made;
}

const events = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

class TracingChannel {
  constructor(name_or_channels) {
    for (const event of events) {
      this[event] = typeof name_or_channels === 'string' ? channel(`tracing:${name_or_channels}:${event}`) : name_or_channels[event];
    }
  }
  get hasSubscribers() {
    return events.some((event) => this[event]?.hasSubscribers);
  }
  subscribe(handlers) {
    for (const event of events) if (handlers[event]) this[event]?.subscribe(handlers[event]);
  }
  unsubscribe(handlers) {
    let all = true;
    for (const event of events) if (handlers[event] && !this[event]?.unsubscribe(handlers[event])) all = false;
    return all;
  }
  traceSync(fn, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, receiver, args);
    return this.start.runStores(context, () => {
      try {
        const result = Reflect.apply(fn, receiver, args);
        context.result = result;
        return result;
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  tracePromise(fn, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, receiver, args);
    const after = () => {
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    return this.start.runStores(context, () => {
      try {
        return Promise.resolve(Reflect.apply(fn, receiver, args)).then(
          (result) => {
            context.result = result;
            after();
            return result;
          },
          (error) => {
            context.error = error;
            this.error.publish(context);
            after();
            throw error;
          },
        );
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
  traceCallback(fn, position = -1, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return Reflect.apply(fn, receiver, args);
    const callback = args.at(position);
    errors.check_function(callback, 'callback');
    const { start, end, asyncStart, asyncEnd, error: failed } = this;
    args.splice(position, 1, function (error, result, ...rest) {
      if (error) {
        context.error = error;
        failed.publish(context);
      } else {
        context.result = result;
      }
      asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, [error, result, ...rest]);
        } finally {
          asyncEnd.publish(context);
        }
      });
    });
    return start.runStores(context, () => {
      try {
        return Reflect.apply(fn, receiver, args);
      } catch (error) {
        context.error = error;
        failed.publish(context);
        throw error;
      } finally {
        end.publish(context);
      }
    });
  }
}

return {
  Channel,
  channel,
  hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name, subscription) => channel(name).subscribe(subscription),
  unsubscribe: (name, subscription) => channel(name).unsubscribe(subscription),
  tracingChannel: (name_or_channels) => new TracingChannel(name_or_channels),
};
})
