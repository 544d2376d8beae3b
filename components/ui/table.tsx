import type { ComponentProps, ReactNode } from 'react';

/**
 * A dense table in a region of its own that scrolls sideways by touch and keyboard when it is wider than its place.
 * `label` names the region for those who don't see it.
 */
export function Table({
  label,
  children,
  className = '',
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section
      className="relative overflow-x-auto focus-visible:-outline-offset-2"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={`w-full border-collapse text-sm ${className}`}>{children}</table>
    </section>
  );
}

export function Th({
  numeric = false,
  className = '',
  ...rest
}: ComponentProps<'th'> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      {...rest}
      className={`h-8 border-b border-line px-3.5 text-xs font-medium whitespace-nowrap text-ink-2 ${numeric ? 'text-right' : 'text-left'} ${className}`}
    />
  );
}

/** One cell, 36 px high. `wrap` lets long text break instead of widening the table. */
export function Td({
  numeric = false,
  wrap = false,
  className = '',
  ...rest
}: ComponentProps<'td'> & { numeric?: boolean; wrap?: boolean }) {
  return (
    <td
      {...rest}
      className={`h-(--row) border-b border-line px-3.5 in-[tr:last-child]:border-b-0 ${numeric ? 'text-right' : 'text-left'} ${wrap ? 'min-w-48 py-2' : 'whitespace-nowrap'} ${className}`}
    />
  );
}

/** A row; `linked` when its first link uses `row-link` to take clicks anywhere in it. */
export function Tr({
  linked = false,
  tone = 'plain',
  className = '',
  ...rest
}: ComponentProps<'tr'> & { linked?: boolean; tone?: 'plain' | 'critical' | 'chosen' }) {
  const ground = tone === 'critical' ? 'bg-critical-soft' : tone === 'chosen' ? 'bg-accent-soft' : '';
  return (
    <tr
      {...rest}
      className={`${linked ? 'relative hover:bg-sunk focus-within:bg-sunk' : ''} ${ground} ${className}`}
    />
  );
}
