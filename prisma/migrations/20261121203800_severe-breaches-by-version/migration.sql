-- Whether a version is known to be good is asked with every incident and every look at it.
CREATE INDEX "breach_severe_version_idx" ON "breach" ("contract_version_id") WHERE "severity" IN ('high', 'critical');
