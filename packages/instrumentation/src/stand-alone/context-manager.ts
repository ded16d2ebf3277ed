import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';

type Call<Result> = (...args: unknown[]) => Result;

/** Which context is active, through whatever is awaited. */
export class OwnContextManager implements ContextManager {
  readonly #store = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#store.getStore() ?? ROOT_CONTEXT;
  }

  with<Args extends unknown[], F extends (...args: Args) => ReturnType<F>>(
    within: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: Args
  ): ReturnType<F> {
    const work = thisArg === undefined || thisArg === null ? fn : (fn.bind(thisArg) as F);
    return this.#store.run(within, work, ...args);
  }

  /** Functions are called, and listeners of emitters run, in the context. */
  bind<T>(within: Context, target: T): T {
    if (target instanceof EventEmitter) return this.#bindEmitter(within, target);
    return typeof target === 'function' ? (this.#bound(within, target as T & Call<unknown>) as T) : target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#store.disable();
    return this;
  }

  #bindEmitter<T extends EventEmitter>(within: Context, emitter: T): T {
    const store = this.#store;
    // oxlint-disable-next-line typescript/unbound-method -- called on its emitter
    const emit = emitter.emit as Call<boolean>;
    Object.defineProperty(emitter, 'emit', {
      configurable: true,
      writable: true,
      enumerable: false,
      value(this: unknown, ...all: unknown[]): boolean {
        return store.run(within, () => Reflect.apply(emit, this, all));
      },
    });
    return emitter;
  }

  #bound<F extends Call<unknown>>(within: Context, fn: F): F {
    const store = this.#store;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return store.run(within, () => Reflect.apply(fn, this, args));
    };
    Object.defineProperty(bound, 'length', { configurable: true, value: fn.length });
    return bound as F;
  }
}
