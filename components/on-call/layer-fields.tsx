'use client';

import { useId } from 'react';
import { useFieldIssue } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import { UNITS, type Window } from '@/lib/response/on-call';
import type { PersonRef } from '@/lib/services/on-call/shift-dto';
import { type EditedLayer, moved, WORKING_HOURS, withItem, without } from './edited';
import { WEEKDAYS } from './shift-words';

const UNIT_WORDS = { hours: 'hours', days: 'days', weeks: 'weeks' } as const;

/** One rotation: who in which order, how often they change, and at which hours it is on. */
export function LayerFields({
  at,
  of,
  layer,
  people,
  onChange,
  onMove,
  onRemove,
}: {
  at: number;
  /** How many there are. */
  of: number;
  layer: EditedLayer;
  people: readonly PersonRef[];
  onChange: (change: Partial<EditedLayer>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const name = (field: string) => `layers.${at}.${field}`;
  const called = layer.name.trim() === '' ? `Rotation ${at + 1}` : layer.name;
  return (
    <section aria-label={called} className="grid gap-4 rounded-lg border border-line bg-sheet p-3.5">
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div className="min-w-48 flex-1">
          <Input
            name={name('name')}
            label="Name of the rotation"
            required
            maxLength={80}
            value={layer.name}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
        </div>
        {of > 1 ? (
          <div className="flex gap-1.5">
            <Button
              size="small"
              disabled={at === 0}
              aria-label={`Move ${called} up`}
              onClick={() => onMove(-1)}
            >
              Up
            </Button>
            <Button
              size="small"
              disabled={at === of - 1}
              aria-label={`Move ${called} down`}
              onClick={() => onMove(1)}
            >
              Down
            </Button>
            <Button size="small" variant="danger" aria-label={`Remove ${called}`} onClick={onRemove}>
              Remove
            </Button>
          </div>
        ) : null}
      </div>
      <Turns
        name={name('people')}
        turns={layer.people}
        people={people}
        onChange={(turns) => onChange({ people: turns })}
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Input
          type="number"
          min={1}
          max={366}
          name={name('every.count')}
          label="Handed over every"
          required
          value={layer.every.count}
          onChange={(event) => {
            const text = event.currentTarget.value;
            onChange({ every: { ...layer.every, count: text === '' ? '' : Number(text) } });
          }}
        />
        <Select
          name={name('every.unit')}
          label="Unit"
          value={layer.every.unit}
          onChange={(event) => {
            const unit = UNITS.find((each) => each === event.currentTarget.value);
            if (unit !== undefined) onChange({ every: { ...layer.every, unit } });
          }}
        >
          {UNITS.map((unit) => (
            <option key={unit} value={unit}>
              {UNIT_WORDS[unit]}
            </option>
          ))}
        </Select>
        <Input
          type="date"
          name={name('startsOn')}
          label="First day"
          hint="Sets the weekday of handovers of whole weeks."
          required
          value={layer.startsOn}
          onChange={(event) => onChange({ startsOn: event.currentTarget.value })}
        />
        <Input
          type="time"
          name={name('handoverAt')}
          label="Handover at"
          required
          value={layer.handoverAt}
          onChange={(event) => onChange({ handoverAt: event.currentTarget.value })}
        />
      </div>
      <Windows name={name('windows')} windows={layer.windows} onChange={(windows) => onChange({ windows })} />
    </section>
  );
}

function Fault({ id, name }: { id: string; name: string }) {
  const issue = useFieldIssue(name);
  return issue === undefined ? null : (
    <p id={id} className="text-sm text-critical">
      {issue}
    </p>
  );
}

function Turns({
  name,
  turns,
  people,
  onChange,
}: {
  name: string;
  turns: readonly string[];
  people: readonly PersonRef[];
  onChange: (turns: string[]) => void;
}) {
  const id = useId();
  const issue = useFieldIssue(name);
  const nameOf = (person: string) =>
    people.find((each) => each.id === person)?.name ?? 'Somebody who left or is disabled';
  return (
    <fieldset
      name={name}
      className="grid gap-2"
      aria-describedby={issue === undefined ? undefined : `${id}-error`}
    >
      <legend className="mb-1 text-sm font-medium">People, in the order of their turns</legend>
      {turns.length === 0 ? null : (
        <ol className="grid rounded-md border border-line">
          {turns.map((person, turn) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place; somebody may have several
              key={turn}
              className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-2.5 py-1.5 last:border-b-0"
            >
              <span className="min-w-0 break-words">
                <span className="text-ink-3">{turn + 1}.</span> {nameOf(person)}
              </span>
              <span className="flex gap-1.5">
                <Button
                  size="small"
                  disabled={turn === 0}
                  aria-label={`${nameOf(person)}, turn ${turn + 1}: earlier`}
                  onClick={() => onChange(moved(turns, turn, -1))}
                >
                  Earlier
                </Button>
                <Button
                  size="small"
                  aria-label={`${nameOf(person)}, turn ${turn + 1}: remove`}
                  onClick={() => onChange(without(turns, turn))}
                >
                  Remove
                </Button>
              </span>
            </li>
          ))}
        </ol>
      )}
      <Select
        name={`${name}.add`}
        label="Add a person"
        value=""
        aria-invalid={issue !== undefined}
        onChange={(event) => {
          if (event.currentTarget.value !== '') onChange([...turns, event.currentTarget.value]);
        }}
      >
        <option value="">{turns.length === 0 ? 'Choose who begins' : 'Choose who follows'}</option>
        {people.map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      </Select>
      <Fault id={`${id}-error`} name={name} />
    </fieldset>
  );
}

function Windows({
  name,
  windows,
  onChange,
}: {
  name: string;
  windows: readonly Window[];
  onChange: (windows: Window[]) => void;
}) {
  const id = useId();
  const change = (at: number, to: Partial<Window>) => onChange(withItem(windows, at, to));
  return (
    <fieldset name={name} className="grid gap-3">
      <legend className="sr-only">Hours</legend>
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-(--accent)"
          checked={windows.length > 0}
          onChange={(event) => onChange(event.currentTarget.checked ? [WORKING_HOURS] : [])}
        />
        <span>
          Only at certain hours
          <span className="block text-sm text-ink-2">
            At other hours the next rotation that covers them decides.
          </span>
        </span>
      </label>
      {windows.map((window, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a range has no identity of its own
          key={at}
          className="grid gap-2 rounded-md border border-line p-2.5"
        >
          <fieldset className="flex flex-wrap gap-x-3 gap-y-1">
            <legend className="sr-only">Days on which range {at + 1} begins</legend>
            {WEEKDAYS.map((weekday, index) => (
              <label key={weekday} className="flex min-h-6 items-center gap-1.5">
                <input
                  type="checkbox"
                  className="size-4 accent-(--accent)"
                  checked={window.days.includes(index + 1)}
                  onChange={(event) =>
                    change(at, {
                      days: event.currentTarget.checked
                        ? [...window.days, index + 1].sort()
                        : window.days.filter((day) => day !== index + 1),
                    })
                  }
                />
                {weekday}
              </label>
            ))}
          </fieldset>
          <div className="flex flex-wrap items-end gap-2">
            <Input
              type="time"
              name={`${name}.${at}.from`}
              label="From"
              required
              value={window.from}
              onChange={(event) => change(at, { from: event.currentTarget.value })}
            />
            <Input
              type="time"
              name={`${name}.${at}.to`}
              label="Until"
              required
              value={window.to}
              onChange={(event) => change(at, { to: event.currentTarget.value })}
            />
            {windows.length > 1 ? (
              <Button
                size="small"
                aria-label={`Remove range ${at + 1}`}
                onClick={() => onChange(without(windows, at))}
              >
                Remove
              </Button>
            ) : null}
          </div>
          {window.to <= window.from ? (
            <p className="text-sm text-ink-2">Until {window.to} on the next day.</p>
          ) : null}
        </div>
      ))}
      {windows.length > 0 && windows.length < 14 ? (
        <div>
          <Button
            size="small"
            onClick={() => onChange([...windows, { days: [6, 7], from: '00:00', to: '00:00' }])}
          >
            Add hours
          </Button>
        </div>
      ) : null}
      <Fault id={`${id}-error`} name={name} />
    </fieldset>
  );
}
