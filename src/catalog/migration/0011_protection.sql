-- The care that a connection asks for, and the colour that marks it; NULL for none.
ALTER TABLE connection ADD COLUMN protection TEXT CHECK (protection IN ('CONFIRM', 'READ_ONLY'));
ALTER TABLE connection ADD COLUMN color TEXT;
