'use client';

import { useDraft } from './editor-context';

/** Whether what one wrote is safe, in a word; says what to do where it is not. */
export function SaveMark() {
  const save = useDraft((view) => view.save);
  const contested = useDraft((view) => view.contested !== null);
  const [tone, words] = contested
    ? ['text-medium', 'Waiting for you to choose']
    : save.is === 'saved'
      ? ['text-ink-2', 'Saved']
      : save.is === 'saving' || save.is === 'unsaved'
        ? ['text-ink-2', 'Saving…']
        : save.is === 'offline'
          ? ['text-medium', 'Offline: kept in this browser, sent when the server answers']
          : ['text-critical', `Not saved. ${save.reason}`];
  return (
    <span role="status" className={`min-w-0 text-sm ${tone}`}>
      {words}
    </span>
  );
}
