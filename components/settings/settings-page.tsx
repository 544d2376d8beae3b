import type { ReactNode } from 'react';
import { SETTINGS_PLACES } from '@/components/shell/places';
import { PageHeader } from '@/components/ui/page-header';
import { Tabs } from '@/components/ui/tabs';

/** A page of the settings: its title and action, and the way to the others. */
export function SettingsPage({
  place,
  title,
  facts,
  actions,
  children,
}: {
  place: string;
  title: string;
  facts?: readonly ReactNode[];
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Settings', href: '/settings' }, { label: title }]}
        title={title}
        {...(facts === undefined ? {} : { facts })}
        {...(actions === undefined ? {} : { actions })}
      />
      <Tabs label="Settings" tabs={SETTINGS_PLACES} current={place} />
      {children}
    </>
  );
}
