'use client';

import { Tag } from '@/components/ui/tag';
import { type Path, valueAt } from '@/lib/contract/edit-value';
import { asksForDefaults, isInherited } from '@/lib/contract/inherit';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { useDraft, useEdit, useEditor, useMayWrite } from './editor-context';
import { textOf } from './typed-text';

/** Whether what is left out holds as the workspace defaults have it. */
export function ExtendsDefaults() {
  const { defaults } = useEditor();
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const extending = useDraft((view) => asksForDefaults(view.document));
  if (defaults === null) return null;
  return (
    <label className="flex items-start gap-2 pb-5">
      <input
        type="checkbox"
        checked={extending}
        disabled={!mayWrite}
        onChange={() =>
          edit([
            extending
              ? { op: 'remove', path: ['extends'] }
              : { op: 'set', path: ['extends'], value: DEFAULTS_AGENT },
          ])
        }
        className="mt-0.5 size-4 accent-(--accent)"
      />
      <span>
        Inherit from the workspace defaults
        <span className="block text-sm text-ink-2">
          What is left out here then holds as version {defaults.versioning.contract} of the defaults has it.
        </span>
      </span>
    </label>
  );
}

/** Beside a field that is left out and inherited: what holds instead. */
export function InheritedMark({ clause, path }: { clause: string; path: Path }) {
  const { defaults } = useEditor();
  const inherited = useDraft((view) => isInherited(view.reading.inherited, clause));
  if (!inherited || defaults === null) return null;
  const value = textOf(valueAt(defaults, path));
  return <Tag>{value === '' || value.length > 40 ? 'inherited' : `inherited: ${value}`}</Tag>;
}
