import {
  createLoader,
  createParser,
  createSerializer,
  parseAsArrayOf,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import { BANDS } from '@/lib/contract/schema';
import { INCIDENT_VIEWS } from '@/lib/services/incidents/incident-filters';

/** What the list of incidents shows, as it stands in the URL. */
export const incidentSearchParsers = {
  view: parseAsStringLiteral(INCIDENT_VIEWS).withDefault('all'),
  severity: parseAsArrayOf(parseAsStringLiteral(BANDS)).withDefault([]),
  agent: parseAsString.withDefault(''),
  unit: parseAsString.withDefault(''),
  q: parseAsString.withDefault(''),
  after: createParser({
    parse: (text) => (/^[012]\.\d{1,9}$/.test(text) ? text : null),
    serialize: (text: string) => text,
  }).withDefault(''),
};
export const loadIncidentSearch = createLoader(incidentSearchParsers);
export const incidentQuery = createSerializer(incidentSearchParsers);
