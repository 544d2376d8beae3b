import Form from 'next/form';
import { Button, ButtonLink } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import type { AuditQuery } from '@/lib/services/audit/audit-query';
import { actionWords, byNoun, nounWords } from './words';

/** Who, what, on what and when; the address holds what is chosen. */
export function AuditFilters({
  query,
  filtered,
  actors,
  actions,
}: {
  query: AuditQuery;
  filtered: boolean;
  actors: readonly { actor: string; name: string }[];
  actions: readonly string[];
}) {
  return (
    <Form action="/settings/audit" className="mb-4 grid grid-cols-2 items-end gap-3 md:flex md:flex-wrap">
      <div className="md:w-48">
        <Select name="actor" label="Who" defaultValue={query.actor} key={`who ${query.actor}`}>
          <option value="">Anyone</option>
          {actors.map((each) => (
            <option key={each.actor} value={each.actor}>
              {each.name}
            </option>
          ))}
        </Select>
      </div>
      <div className="md:w-48">
        <Select name="action" label="What" defaultValue={query.action} key={`what ${query.action}`}>
          <option value="">Anything</option>
          {byNoun(actions).map(([noun, own]) => (
            <optgroup key={noun} label={nounWords(noun)}>
              {own.length < 2 ? null : <option value={noun}>{nounWords(noun)}: anything</option>}
              {own.map((action) => (
                <option key={action} value={action}>
                  {actionWords(action)}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
      </div>
      <div className="max-md:col-span-2 md:w-44">
        <Input
          key={`on ${query.subject}`}
          name="subject"
          label="On"
          defaultValue={query.subject}
          placeholder="INC-5, a run, a name"
          maxLength={200}
          autoComplete="off"
          quiet
        />
      </div>
      <div className="md:w-36">
        <Input
          key={`from ${query.from}`}
          type="date"
          name="from"
          label="From day"
          defaultValue={query.from}
          quiet
        />
      </div>
      <div className="md:w-36">
        <Input key={`to ${query.to}`} type="date" name="to" label="To day" defaultValue={query.to} quiet />
      </div>
      <div className="flex items-center gap-3 max-md:col-span-2">
        <Button type="submit">Show</Button>
        {filtered ? (
          <ButtonLink variant="link" href="/settings/audit">
            Show everything
          </ButtonLink>
        ) : null}
      </div>
    </Form>
  );
}
