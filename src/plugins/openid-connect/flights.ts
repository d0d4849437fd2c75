/** Work that is under way, by what it is for: who wants the same joins it. */
export interface Flights {
  join<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** Creates {@link Flights}. Keys tell what a flight brings, so that all who join want the same. */
export function createFlights(): Flights {
  const underWay = new Map<string, Promise<unknown>>();
  return {
    join<T>(key: string, work: () => Promise<T>) {
      const known = underWay.get(key);
      if (known !== undefined) return known as Promise<T>;
      const flight = work().finally(() => underWay.delete(key));
      underWay.set(key, flight);
      return flight;
    },
  };
}
