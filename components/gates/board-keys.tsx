'use client';

import type { KeyboardEvent, ReactNode } from 'react';

/**
 * Arrow keys go from card to card: up and down within a stage, left and right to the next stage that has any. Tab works
 * as everywhere.
 */
export function BoardKeys({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside take the focus; this only moves it between them
    <div onKeyDown={move}>{children}</div>
  );
}

function move(event: KeyboardEvent<HTMLDivElement>) {
  const from = event.target;
  if (!(from instanceof HTMLElement) || !from.matches('[data-card]')) return;
  const columns = [...event.currentTarget.querySelectorAll('[data-stage]')]
    .map((column) => [...column.querySelectorAll<HTMLElement>('[data-card]')])
    .filter((cards) => cards.length > 0);
  const at = columns.findIndex((cards) => cards.includes(from));
  const row = columns[at]?.indexOf(from) ?? -1;
  const sideways = (step: number) => {
    const next = columns[at + step];
    return next?.[Math.min(row, next.length - 1)];
  };
  const to =
    event.key === 'ArrowDown'
      ? columns[at]?.[row + 1]
      : event.key === 'ArrowUp'
        ? columns[at]?.[row - 1]
        : event.key === 'ArrowRight'
          ? sideways(1)
          : event.key === 'ArrowLeft'
            ? sideways(-1)
            : undefined;
  if (to === undefined) return;
  event.preventDefault();
  to.focus();
}
