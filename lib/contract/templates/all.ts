import { CLAIMS_PROCESSING } from './claims-processing';
import { DATA_ENGINEERING } from './data-engineering';
import { INVOICE_RECONCILIATION } from './invoice-reconciliation';
import { REFUND_DECISIONING } from './refund-decisioning';
import { RESEARCH } from './research';
import { SETTLEMENT_INFORMATION } from './settlement-information';
import { SUPPORT_AGENT } from './support-agent';
import type { Template } from './template';

export const TEMPLATES: readonly Template[] = [
  CLAIMS_PROCESSING,
  REFUND_DECISIONING,
  SETTLEMENT_INFORMATION,
  SUPPORT_AGENT,
  INVOICE_RECONCILIATION,
  DATA_ENGINEERING,
  RESEARCH,
];

/** The template of that id, or undefined. */
export function templateOf(id: string): Template | undefined {
  return TEMPLATES.find((template) => template.id === id);
}
