/** A typed in-process bus: listeners are called in the order in which they came, at once. */
export interface Bus<E extends { [name: string]: unknown }> {
  /** Returns a function that ends the subscription. */
  on<N extends keyof E>(name: N, listener: (event: E[N]) => void): () => void;
  /** Calls every listener; one that throws does not keep the others from hearing, the first fault is thrown at the end. */
  emit<N extends keyof E>(name: N, event: E[N]): void;
}

/** Creates an empty {@link Bus}. */
export function createBus<E extends { [name: string]: unknown }>(): Bus<E> {
  const listeners = new Map<keyof E, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      let set = listeners.get(name);
      if (set === undefined) {
        set = new Set();
        listeners.set(name, set);
      }
      set.add(listener as (event: never) => void);
      return () => {
        set.delete(listener as (event: never) => void);
      };
    },
    emit(name, event) {
      const faults: unknown[] = [];
      for (const listener of listeners.get(name) ?? []) {
        try {
          (listener as (event: unknown) => void)(event);
        } catch (fault) {
          faults.push(fault);
        }
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}
