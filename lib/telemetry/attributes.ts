import {
  ELEMENT_BYTES,
  MAX_SPAN_BYTES,
  MAX_VALUE_BYTES,
  MAX_WHOLE_VALUE_BYTES,
  WHOLE_VALUE_KEYS,
} from '@/lib/telemetry/limits';
import type { JsonValue, SpanFault } from '@/lib/telemetry/span';

/** What is left of one span's room while its values are read, and what had to be mended. */
export class Room {
  /** Bytes left for the span. */
  span = MAX_SPAN_BYTES;
  /** Bytes left for the value being read. */
  value = 0;
  cut = false;
  nul = false;

  reset(): void {
    this.span = MAX_SPAN_BYTES;
    this.cut = false;
    this.nul = false;
  }

  /** Opens the room of one attribute's value. `long`: it is known to be longer than most values may be. */
  open(key: string, long: boolean): void {
    const limit = long && WHOLE_VALUE_KEYS.has(key) ? MAX_WHOLE_VALUE_BYTES : MAX_VALUE_BYTES;
    this.value = Math.min(limit, this.span);
  }

  /** Takes what the value used (`opened` is what `value` was after `open`) out of the span's room. */
  close(opened: number): void {
    this.span -= opened - this.value;
  }

  /** Takes the weight of one element of a list or map; false when there is no room for it. */
  takeElement(): boolean {
    if (this.value < ELEMENT_BYTES) {
      this.cut = true;
      return false;
    }
    this.value -= ELEMENT_BYTES;
    return true;
  }

  faults(): SpanFault[] {
    const faults: SpanFault[] = [];
    if (this.cut) faults.push('truncated-attribute');
    if (this.nul) faults.push('nul-replaced');
    return faults;
  }
}

/** Sets `key` as the record's own, whatever it is called. The last of two equal keys wins. */
export function setAttribute(record: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    record[key] = value;
  }
}

/** NaN and the infinities have no JSON number: they are kept by name, as the protobuf JSON mapping writes them. */
export function jsonNumber(value: number): number | string {
  // Adding 0 makes −0, which JSON does not know, 0.
  return Number.isFinite(value) ? value + 0 : String(value);
}

/** PostgreSQL's text holds no NUL. */
export function withoutNul(text: string, room: Room): string {
  if (!text.includes('\0')) return text;
  room.nul = true;
  return text.replaceAll('\0', '\uFFFD');
}
