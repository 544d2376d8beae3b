import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';

export interface Crumb {
  label: string;
  /** Absent on the last one: where one is. */
  href?: string;
}

/** Where one is, what this is, its facts, and the next action at the right. The page's one h1. */
export function PageHeader({
  crumbs = [],
  title,
  facts = [],
  actions,
}: {
  crumbs?: readonly Crumb[];
  title: ReactNode;
  /** Short pieces set in one wrapping line; empty ones are left out. */
  facts?: readonly ReactNode[];
  actions?: ReactNode;
}) {
  const shown = facts.filter((fact) => fact !== null && fact !== undefined && fact !== false && fact !== '');
  return (
    <div className="pb-[18px]">
      {crumbs.length === 0 ? null : (
        <nav aria-label="Breadcrumb" className="mb-1.5 text-sm text-ink-3 print:hidden">
          {crumbs.map((crumb, index) => (
            <Fragment key={crumb.label}>
              {index === 0 ? null : <span aria-hidden="true"> / </span>}
              {crumb.href === undefined ? (
                <span aria-current="page">{crumb.label}</span>
              ) : (
                <Link href={crumb.href} className="hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
              )}
            </Fragment>
          ))}
        </nav>
      )}
      <div className="flex flex-col gap-3.5 md:flex-row md:items-start md:justify-between md:gap-6">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-[-0.01em] break-words">{title}</h1>
          {shown.length === 0 ? null : (
            <div className="mt-1.5 flex flex-wrap items-baseline gap-x-3.5 gap-y-1 text-ink-2">
              {shown.map((fact, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: facts are positional, they have no identity of their own
                <span key={index} className="min-w-0 break-words">
                  {fact}
                </span>
              ))}
            </div>
          )}
        </div>
        {actions === undefined ? null : <div className="flex flex-none flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
