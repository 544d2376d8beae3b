/** A key or index on the way down a document. */
export type PathKey = string | number;
export type Path = readonly PathKey[];

/**
 * One change of a draft. `set` puts a value at a path, making the groups that lead there; `remove` takes an entry away;
 * `insert` puts an item into the list at the path; `move` gives the item at the path another place in its list; `rename`
 * gives the last key of a path another name in its place.
 */
export type Edit =
  | { op: 'set'; path: Path; value: unknown }
  | { op: 'remove'; path: Path }
  | { op: 'insert'; path: Path; index: number; value: unknown }
  | { op: 'move'; path: Path; to: number }
  | { op: 'rename'; path: Path; key: string };

export type Group = Readonly<Record<string, unknown>>;

export function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path, or undefined. */
export function valueAt(document: unknown, path: Path): unknown {
  let value = document;
  for (const key of path) value = inside(value, key);
  return value;
}

function inside(value: unknown, key: PathKey): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The document with the edits done to it; what they do not touch is the very same object as before. */
export function editValue(document: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce<unknown>((value, edit) => editAt(value, edit, 0), document);
}

function editAt(value: unknown, edit: Edit, depth: number): unknown {
  const key = edit.path[depth];
  const last = depth === edit.path.length - 1;
  if (key === undefined) return edit.op === 'insert' ? inserted(value, edit) : wholeValue(value, edit);
  if (last && edit.op === 'remove') return without(value, key);
  if (last && edit.op === 'rename') return renamed(value, key, edit.key);
  if (last && edit.op === 'move') return moved(value, key, edit.to);
  if (edit.op === 'remove' || edit.op === 'rename' || edit.op === 'move') {
    const old = inside(value, key);
    return old === undefined ? value : withKey(value, key, editAt(old, edit, depth + 1));
  }
  return withKey(value, key, editAt(inside(value, key), edit, depth + 1));
}

function wholeValue(value: unknown, edit: Edit): unknown {
  return edit.op === 'set' ? edit.value : value;
}

function inserted(value: unknown, edit: Extract<Edit, { op: 'insert' }>): unknown[] {
  return Array.isArray(value) ? value.toSpliced(edit.index, 0, edit.value) : [edit.value];
}

function withKey(value: unknown, key: PathKey, inner: unknown): unknown {
  if (typeof key === 'number') {
    if (!Array.isArray(value)) return [inner];
    return key < value.length ? value.with(key, inner) : [...value, inner];
  }
  const group: Record<string, unknown> = isGroup(value) ? { ...value } : {};
  put(group, key, inner);
  return group;
}

function without(value: unknown, key: PathKey): unknown {
  if (Array.isArray(value))
    return typeof key === 'number' && key < value.length ? value.toSpliced(key, 1) : value;
  if (!isGroup(value) || !Object.hasOwn(value, key)) return value;
  const group: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) if (name !== String(key)) put(group, name, inner);
  return group;
}

function moved(value: unknown, from: PathKey, to: number): unknown {
  if (!Array.isArray(value) || typeof from !== 'number' || from >= value.length || to >= value.length)
    return value;
  const item: unknown = value[from];
  return value.toSpliced(from, 1).toSpliced(to, 0, item);
}

function renamed(value: unknown, key: PathKey, to: string): unknown {
  if (!isGroup(value) || !Object.hasOwn(value, key) || Object.hasOwn(value, to)) return value;
  const group: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) put(group, name === String(key) ? to : name, inner);
  return group;
}

/** Also for keys such as `__proto__`, which an assignment would not store. */
function put(group: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(group, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Whether two documents say the same; the order of keys says nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isGroup(a) || !isGroup(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}
