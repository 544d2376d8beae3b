import type { ReactNode } from 'react';
import { REVIEW_PLACES } from '@/components/shell/places';
import { PageHeader } from '@/components/ui/page-header';
import { Tabs } from '@/components/ui/tabs';

/** A page of Review: its title, and the way to the others. */
export function ReviewFrame({
  place,
  title,
  facts,
  actions,
  children,
}: {
  place: (typeof REVIEW_PLACES)[number]['id'];
  title: string;
  facts?: readonly ReactNode[];
  actions?: ReactNode;
  children: ReactNode;
}) {
  const here = REVIEW_PLACES.find((tab) => tab.id === place);
  return (
    <>
      <PageHeader
        crumbs={
          place === 'board' ? [] : [{ label: 'Review', href: '/review' }, { label: here?.label ?? title }]
        }
        title={title}
        {...(facts === undefined ? {} : { facts })}
        {...(actions === undefined ? {} : { actions })}
      />
      <Tabs label="Review" tabs={REVIEW_PLACES} current={place} />
      {children}
    </>
  );
}
