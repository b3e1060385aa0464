import { FileError } from "@cloudos/abi";
import * as Comlink from "comlink";

interface ThrownValue {
  readonly value: unknown;
}
interface WireError {
  isError: boolean;
  value: unknown;
  errno?: number;
}

/** Comlink carries an error's name, message and stack only; a FileError's `errno` must arrive as well. Call once per thread. */
export function carryFileErrors(): void {
  const plain = Comlink.transferHandlers.get("throw") as Comlink.TransferHandler<ThrownValue, WireError>;
  const handler: Comlink.TransferHandler<ThrownValue, WireError> = {
    canHandle: plain.canHandle,
    serialize(thrown) {
      const [wire, transfer] = plain.serialize(thrown);
      if (thrown.value instanceof FileError) wire.errno = thrown.value.errno;
      return [wire, transfer];
    },
    deserialize(wire) {
      if (wire.errno === undefined) return plain.deserialize(wire);
      throw new FileError(wire.errno, (wire.value as Error).message);
    },
  };
  Comlink.transferHandlers.set("throw", handler);
}
