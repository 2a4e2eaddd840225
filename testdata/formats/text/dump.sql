INSERT INTO borger (navn, cpr) VALUES ('Testperson Eksempel', '0307525100');
