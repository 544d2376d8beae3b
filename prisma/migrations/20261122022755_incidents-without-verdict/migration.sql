-- Whether an incident waits for somebody's verdict is known without looking into what was said of each that is over.
ALTER TABLE "incident" ADD COLUMN "verdict_said" BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION incident_verdict_said() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE incident i SET verdict_said = true
   WHERE i.id = NEW.incident_id AND NOT i.verdict_said
     AND (NEW.role = 'head-of-ai'
       OR ARRAY['sponsor', 'grc'] <@ ARRAY(SELECT v.role FROM incident_verdict v WHERE v.incident_id = i.id));
  RETURN NULL;
END $$;
-- Verdicts are never changed or taken back.
CREATE TRIGGER incident_verdict_said AFTER INSERT ON incident_verdict FOR EACH ROW EXECUTE FUNCTION incident_verdict_said();

UPDATE incident i SET verdict_said = true
 WHERE EXISTS (SELECT FROM incident_verdict v WHERE v.incident_id = i.id AND v.role = 'head-of-ai')
    OR ARRAY['sponsor', 'grc'] <@ ARRAY(SELECT v.role FROM incident_verdict v WHERE v.incident_id = i.id);

CREATE INDEX incident_awaits_verdict ON incident (workspace_id, resolved_at)
  WHERE state = 'resolved' AND severity IN ('high', 'critical') AND NOT verdict_said;
