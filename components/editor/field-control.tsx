'use client';

import type { Path } from '@/lib/contract/edit-value';
import type { Field } from '@/lib/contract/form-model';
import { AggregateField } from './aggregate-field';
import { ArgumentsField } from './arguments-field';
import { ChoiceField, ChoicesField, FlagField } from './choice-fields';
import { ConditionsField } from './conditions-field';
import { GroupField } from './group-field';
import { ListField } from './list-field';
import { ReversibleField } from './reversible-field';
import { DayField, NumberField, TextField } from './text-fields';
import { ToolsField } from './tools-field';
import { TriggerField } from './trigger-field';
import { WeightsField } from './weights-field';
import { WordsField } from './words-field';

/** One field of the form, by its kind. */
export function FieldControl({ field, path }: { field: Field; path: Path }) {
  switch (field.kind) {
    case 'text':
      return <TextField field={field} path={path} />;
    case 'number':
      return <NumberField field={field} path={path} />;
    case 'day':
      return <DayField field={field} path={path} />;
    case 'choice':
      return <ChoiceField field={field} path={path} />;
    case 'choices':
      return <ChoicesField field={field} path={path} />;
    case 'flag':
      return <FlagField field={field} path={path} />;
    case 'words':
      return <WordsField field={field} path={path} />;
    case 'group':
      return <GroupField field={field} path={path} Control={FieldControl} />;
    case 'list':
      return <ListField field={field} path={path} Control={FieldControl} />;
    case 'tools':
      return <ToolsField field={field} path={path} Control={FieldControl} />;
    case 'weights':
      return <WeightsField field={field} path={path} />;
    case 'conditions':
      return <ConditionsField field={field} path={path} />;
    case 'arguments':
      return <ArgumentsField field={field} path={path} />;
    case 'reversible':
      return <ReversibleField field={field} path={path} />;
    case 'aggregate':
      return <AggregateField field={field} path={path} />;
    case 'trigger':
      return <TriggerField field={field} path={path} />;
  }
}
