'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog } from '@/components/ui/dialog';
import { Input, Select } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { SavedView, SavedViews } from '@/lib/services/views/list-views';
import { change, remove } from './actions';
import { WhoSees } from './who-sees';

/** The saved views one may change: their names, who sees them, what they show. */
export function ManageViews({ saved, query }: { saved: SavedViews; query: string }) {
  return (
    <Dialog
      trigger="Manage views"
      size="small"
      title="Saved views"
      description="Removing a view removes no run."
    >
      <ul className="grid gap-4">
        {saved.views
          .filter((view) => view.mayChange)
          .map((view) => (
            <li key={view.id} className="border-t border-line pt-4 first:border-t-0 first:pt-0">
              <View view={view} query={query} mayShare={saved.mayShare} />
            </li>
          ))}
      </ul>
    </Dialog>
  );
}

function View({ view, query, mayShare }: { view: SavedView; query: string; mayShare: boolean }) {
  const told = ({ message }: { message: string }) => toast(message);
  return (
    <>
      <ActionForm action={change} onDone={told} className="grid gap-2.5">
        <input type="hidden" name="id" value={view.id} />
        <Input
          name="name"
          label={view.mine ? 'Name' : `Name, a view of ${view.owner}`}
          defaultValue={view.name}
          required
          maxLength={60}
        />
        {mayShare || view.shared ? <WhoSees shared={view.shared} /> : null}
        {view.query === query ? null : (
          <Select name="query" label="What it shows" defaultValue={view.query}>
            <option value={view.query}>What it showed until now</option>
            <option value={query}>What the list shows now</option>
          </Select>
        )}
        <div className="flex gap-2">
          <SubmitButton variant="default">Save changes</SubmitButton>
        </div>
      </ActionForm>
      <ActionForm action={remove} onDone={told} className="mt-2">
        <input type="hidden" name="id" value={view.id} />
        <SubmitButton variant="danger">Remove {view.name}</SubmitButton>
      </ActionForm>
    </>
  );
}
