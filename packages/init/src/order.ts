import type { ServiceSpec } from "@cloudos/abi/service";
import { ServiceError } from "@cloudos/abi/service";

type Node = Pick<ServiceSpec, "name" | "needs">;

/** Names in the order they can be started: each after all it needs. Throws when a need is unknown, or needs go round. */
export function startOrder(services: readonly Node[]): string[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const order: string[] = [];
  const placed = new Set<string>();
  const path: string[] = [];

  const place = (service: Node) => {
    if (placed.has(service.name)) return;
    const begins = path.indexOf(service.name);
    if (begins >= 0) {
      const cycle = [...path.slice(begins), service.name].join(" -> ");
      throw new ServiceError(`Cannot order the services: ${cycle} need each other`);
    }
    path.push(service.name);
    for (const need of service.needs) {
      const needed = byName.get(need);
      if (!needed) throw new ServiceError(`Cannot start "${service.name}": it needs "${need}", which is not declared`);
      place(needed);
    }
    path.pop();
    placed.add(service.name);
    order.push(service.name);
  };
  for (const service of services) place(service);
  return order;
}

/** Names of all that need `name`, directly or not, those that need others of them first. */
export function dependents(services: readonly Node[], name: string): string[] {
  const affected = new Set([name]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const service of services) {
      if (affected.has(service.name) || !service.needs.some((need) => affected.has(need))) continue;
      affected.add(service.name);
      grown = true;
    }
  }
  affected.delete(name);
  return startOrder(services)
    .filter((each) => affected.has(each))
    .reverse();
}
