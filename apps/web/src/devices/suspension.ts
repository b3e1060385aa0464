/** Whether the machine is suspended, for components to follow. */
export class Suspension {
  readonly #listeners = new Set<() => void>();
  #suspended = false;

  readonly snapshot = (): boolean => this.#suspended;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(suspended: boolean): void {
    this.#suspended = suspended;
    for (const listener of this.#listeners) listener();
  }
}
