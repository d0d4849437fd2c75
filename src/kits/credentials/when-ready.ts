/** Goes on with a value at once, or later when it is still to come; so what is cached needs no turn of the event loop. */
export function whenReady<T, R>(value: T | Promise<T>, proceed: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(proceed) : proceed(value);
}
