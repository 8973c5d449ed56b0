-- PROTECTION = NONE differs from no PROTECTION, which leaves the choice to the prompt.
ALTER TABLE connection RENAME COLUMN protection TO old_protection;
ALTER TABLE connection ADD COLUMN protection TEXT CHECK (protection IN ('NONE', 'CONFIRM', 'READ_ONLY'));
UPDATE connection SET protection = old_protection;
ALTER TABLE connection DROP COLUMN old_protection;
