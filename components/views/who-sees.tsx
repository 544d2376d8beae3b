import { Select } from '@/components/ui/field';

/** Whether a view is one's own or everybody's. */
export function WhoSees({ shared }: { shared: boolean }) {
  return (
    <Select name="shared" label="Who sees it" defaultValue={String(shared)}>
      <option value="false">Only its owner</option>
      <option value="true">Everybody in the workspace</option>
    </Select>
  );
}
