/**
 * How much of one span is kept. Longer things are cut and the span is marked `truncated-attribute`; nothing is
 * dropped for its size alone. Sizes are UTF-8 bytes, so both encodings of one span are cut alike.
 */

/** Spans of one request, and the resources and scopes around them: what 64 MiB of ordinary spans hold, and no bomb. */
export const MAX_SPANS = 250_000;
/** Objects and lists of one JSON body. Parsing takes time by their number, and 64 MiB could hold twenty million. */
export const MAX_JSON_ELEMENTS = 4_000_000;

/** A span's, event's or scope's name, and an attribute's key. */
export const MAX_NAME_BYTES = 512;
/** One attribute value; for lists and maps, all that is in them together. */
export const MAX_VALUE_BYTES = 16 * 1024;
/** The values of `WHOLE_VALUE_KEYS`: cutting a tool's arguments would hide them from argument clauses. */
export const MAX_WHOLE_VALUE_BYTES = 256 * 1024;
/** All values of one span, its events included. */
export const MAX_SPAN_BYTES = 1024 * 1024;
/** A status message. */
export const MAX_STATUS_BYTES = 4 * 1024;
/** Attributes of a span, a resource or an event. */
export const MAX_ATTRIBUTES = 256;
export const MAX_EVENTS = 128;
export const MAX_LINKS = 128;
/** Levels of lists and maps in one value; what lies deeper becomes `CUT`. */
export const MAX_DEPTH = 32;
/** What an element of a list or map weighs beside its text, against the value's bytes. */
export const ELEMENT_BYTES = 8;
/** Stands where something nested too deep was. */
export const CUT = '…';

/** Attributes that carry nothing but a tool call's arguments or result. */
export const WHOLE_VALUE_KEYS: ReadonlySet<string> = new Set([
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
  'tool_arguments',
  'tool_response',
]);

/** 2000-01-01, in microseconds: what is older was not recorded by an agent. */
export const EARLIEST_US = 946_684_800_000_000;
/** How far past its receipt a span's time may lie: clocks differ. Also the longest duration a wrong clock is believed. */
export const DAY_US = 86_400_000_000;
