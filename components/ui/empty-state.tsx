import type { ReactNode } from 'react';

/** An empty list says what will fill it and offers the step. */
export function EmptyState({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto max-w-xl px-4 py-12 text-center">
      <p className="text-lg font-medium">{title}</p>
      <div className="mt-1 text-ink-2">{children}</div>
      {action === undefined ? null : <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
