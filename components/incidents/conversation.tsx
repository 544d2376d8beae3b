'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CommentText } from '@/components/comments/comment-text';
import { Composer } from '@/components/comments/composer';
import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import type { ActionState } from '@/lib/auth/action-state';
import { plural } from '@/lib/format';
import type { IncidentNote, IncidentNotes } from '@/lib/services/incidents/list-notes';
import { noteAction } from './note-actions';

/** What people say about the incident; whoever is named with an @ is told. */
export function Conversation({ number, conversation }: { number: number; conversation: IncidentNotes }) {
  const client = useQueryClient();
  const { notes } = conversation;
  return (
    <Sheet
      title="Conversation"
      label={notes.length === 0 ? 'nothing said so far' : plural(notes.length, 'note')}
    >
      <SheetBody className="grid gap-3">
        <Notes notes={notes} />
        <WriteNote
          number={number}
          section={null}
          people={conversation.people}
          mayWrite={conversation.mayWrite}
          label="Write to those who are in this"
          onDone={() => void client.invalidateQueries({ queryKey: ['incident'] })}
        />
      </SheetBody>
    </Sheet>
  );
}

export function Notes({ notes }: { notes: readonly IncidentNote[] }) {
  if (notes.length === 0) return null;
  return (
    <ol className="grid gap-3 text-sm">
      {notes.map((note) => (
        <li key={note.id} className="grid min-w-0 gap-0.5">
          <p className="flex flex-wrap items-baseline gap-x-2 text-xs text-ink-2">
            <span className="text-sm font-medium text-ink">{note.by.name}</span>
            {note.by.gone ? <span>has left</span> : null}
            <RelativeTime at={note.at} />
          </p>
          <CommentText body={note.body} mentions={note.mentions} />
        </li>
      ))}
    </ol>
  );
}

/** A field that opens on a click; what was written stays until it was accepted. */
export function WriteNote({
  number,
  section,
  people,
  mayWrite,
  label,
  onDone,
}: {
  number: number;
  /** A section of the postmortem; null: the conversation. */
  section: string | null;
  people: IncidentNotes['people'];
  mayWrite: boolean;
  label: string;
  onDone: () => void;
}) {
  const [writing, setWriting] = useState(false);
  if (!mayWrite) return null;
  if (!writing)
    return (
      <div className="print:hidden">
        <Button size="small" onClick={() => setWriting(true)}>
          {section === null ? 'Write a note' : 'Annotate'}
          <span className="sr-only">: {label}</span>
        </Button>
      </div>
    );
  return (
    <Composer
      label={label}
      people={people}
      sendLabel="Send"
      onCancel={() => setWriting(false)}
      send={async (body) => {
        const state = await noteAction(number, section, body).catch((): ActionState => null);
        if (state === null)
          return 'The server could not be reached. Try again; what you wrote is still here.';
        if (!state.ok) return state.message;
        setWriting(false);
        onDone();
        return null;
      }}
    />
  );
}
