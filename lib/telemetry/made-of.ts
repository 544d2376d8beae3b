import { sha256Hex } from '@/lib/evidence/digest';
import type { JsonValue, RawSpan } from '@/lib/telemetry/span';

type Attributes = RawSpan['attributes'];

/** The version of the code that sent a resource's spans: "claims-agent@4.2.0", or a revision; null when it does not say. */
export function codeOf(resource: Attributes): string | null {
  const version = nonEmpty(resource['service.version']) ?? nonEmpty(resource['vcs.ref.head.revision']);
  if (version === null) return null;
  const service = nonEmpty(resource['service.name']);
  return service === null || service.startsWith('unknown_service') ? version : `${service}@${version}`;
}

/**
 * What names the standing prompt of a model or agent span: a managed prompt's name and version, else the beginning of the
 * digest of the system instructions; null when the span carries neither.
 */
export function promptOf({ attributes, events }: Pick<RawSpan, 'attributes' | 'events'>): string | null {
  const named =
    nonEmpty(attributes['gen_ai.prompt.name']) ??
    nonEmpty(attributes['langfuse.observation.prompt.name']) ??
    nonEmpty(attributes['llm.prompt_template.name']);
  if (named !== null) {
    const version =
      text(attributes['gen_ai.prompt.version']) ??
      text(attributes['langfuse.observation.prompt.version']) ??
      text(attributes['llm.prompt_template.version']);
    return version === null ? named : `${named}@${version}`;
  }
  const instructions = instructionsOf(attributes) ?? instructionsIn(events);
  return instructions === null ? null : digestOfPrompt(instructions);
}

function instructionsOf(attributes: Attributes): string | null {
  const own = attributes['gen_ai.system_instructions'];
  if (own !== undefined) return typeof own === 'string' ? nonEmpty(own) : JSON.stringify(own);
  const messages =
    attributes['gen_ai.input.messages'] ??
    attributes['ai.prompt.messages'] ??
    attributes['gen_ai.input_messages'];
  if (messages !== undefined) return systemMessage(messages);
  if (attributes['llm.input_messages.0.message.role'] === 'system')
    return nonEmpty(attributes['llm.input_messages.0.message.content']);
  if (attributes['gen_ai.prompt.0.role'] === 'system') return nonEmpty(attributes['gen_ai.prompt.0.content']);
  return null;
}

function instructionsIn(events: RawSpan['events']): string | null {
  for (const event of events)
    if (event.name === 'gen_ai.system.message')
      return nonEmpty(event.attributes.content) ?? nonEmpty(event.attributes['gen_ai.event.content']);
  return null;
}

/** As much of a serialized conversation as can be looked through for the end of its first message. */
const MOST_HEAD = 64 * 1024;

/** The first message of a conversation, as it was sent, when it is the system's. */
function systemMessage(messages: JsonValue): string | null {
  if (Array.isArray(messages)) {
    const [first] = messages;
    return isSystem(first) ? JSON.stringify(first) : null;
  }
  if (typeof messages !== 'string') return null;
  // A conversation repeats its first message call after call: what was found last time is looked for first.
  for (const head of heads) if (messages.startsWith(head)) return head;
  if (!/^\s*\[\s*\{/.test(messages)) return null;
  const end = endOfFirst(messages);
  if (end === null) return null;
  const open = messages.indexOf('{');
  let first: unknown;
  try {
    first = JSON.parse(messages.slice(open, end));
  } catch {
    return null;
  }
  if (!isSystem(first)) return null;
  const head = messages.slice(0, end);
  heads.unshift(head);
  heads.length = Math.min(heads.length, MOST_HEADS);
  return head;
}

const MOST_HEADS = 8;
const heads: string[] = [];

function isSystem(message: unknown): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'role' in message &&
    (message.role === 'system' || message.role === 'developer')
  );
}

/** Where the first object of a JSON list ends; null when it does not end within reach (it was cut, or is no JSON). */
function endOfFirst(json: string): number | null {
  let depth = 0;
  let quoted = false;
  const reach = Math.min(json.length, MOST_HEAD);
  for (let at = 0; at < reach; at += 1) {
    const sign = json[at];
    if (quoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

const MOST_PROMPTS = 256;
const digests = new Map<string, string>();

/** The first 12 hex digits of the SHA-256; prompts repeat, so the last ones are remembered. */
function digestOfPrompt(instructions: string): string {
  const known = digests.get(instructions);
  if (known !== undefined) return known;
  const digest = sha256Hex(instructions).slice(0, 12);
  if (digests.size >= MOST_PROMPTS) digests.clear();
  digests.set(instructions, digest);
  return digest;
}

function nonEmpty(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'number' ? String(value) : nonEmpty(value);
}
