'use client';

import { type ReactNode, type RefObject, useId, useState } from 'react';

const LINE = 18;

/** Where a fault stands, for the margin. */
export interface LineMark {
  line: number;
  message: string;
}

/** A place to write a contract: line numbers beside the text, faults marked on their lines. Takes a dropped file. */
export function ContractText({
  text,
  onText,
  onFile,
  marks,
  area,
  describedBy,
  actions,
}: {
  text: string;
  onText: (text: string) => void;
  onFile: (file: File) => void;
  marks: readonly LineMark[];
  area: RefObject<HTMLTextAreaElement | null>;
  describedBy: string;
  actions: ReactNode;
}) {
  const id = useId();
  const [top, setTop] = useState(0);
  const [over, setOver] = useState(false);
  const count = text.split('\n').length;
  const marked = new Map<number, string>();
  for (const mark of marks)
    marked.set(mark.line, [marked.get(mark.line), mark.message].filter(Boolean).join(' '));

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file is a shortcut; the button beside it does the same
    <div
      className={`relative min-w-0 overflow-hidden rounded-lg border bg-sheet ${over ? 'border-accent' : 'border-line-strong'}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        const file = event.dataTransfer.files[0];
        if (file === undefined) return;
        event.preventDefault();
        setOver(false);
        onFile(file);
      }}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 border-b border-line px-3.5 py-2">
        <label htmlFor={id} className="font-semibold">
          Contract
        </label>
        <div className="flex flex-wrap items-center gap-2">{actions}</div>
      </div>
      <div className="flex h-[max(320px,calc(100dvh-330px))]">
        <div className="w-12 flex-none overflow-hidden border-r border-line bg-sunk py-2" aria-hidden="true">
          <div style={{ transform: `translateY(${-top}px)` }} className="relative">
            <pre className="code pr-2 text-right leading-[18px] text-ink-3">
              {Array.from({ length: count }, (_, index) => index + 1).join('\n')}
            </pre>
            {[...marked].map(([line, message]) => (
              <span
                key={line}
                title={message}
                style={{ top: (line - 1) * LINE }}
                className="code absolute inset-x-0 border-l-[3px] border-critical bg-critical-soft pr-2 text-right leading-[18px] font-semibold text-critical"
              >
                {line}
              </span>
            ))}
          </div>
        </div>
        <textarea
          ref={area}
          id={id}
          name="source"
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
          onScroll={(event) => setTop(event.currentTarget.scrollTop)}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          aria-describedby={describedBy}
          aria-invalid={marks.length > 0}
          placeholder={'apiVersion: countersign/v1\nkind: AgentContract\n\nidentity:\n  name: …'}
          className="code min-w-0 flex-1 resize-none bg-sheet px-3 py-2 leading-[18px] text-ink focus-visible:-outline-offset-2"
        />
      </div>
      {over ? (
        <div className="pointer-events-none absolute inset-0 grid place-items-center bg-accent-soft/80 font-medium text-accent">
          Drop the file to read it
        </div>
      ) : null}
    </div>
  );
}

/** Puts the cursor on a line and brings it into view. */
export function goToLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 1) * LINE - area.clientHeight / 3);
  area.scrollLeft = 0;
}
