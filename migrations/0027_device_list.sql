-- Offices are told the devices of their school. A device that is new, or has another name, is a hint to the hub that what it
-- remembers of the school is out of date, as a revoked one has been.
DROP TRIGGER hint ON device;
CREATE TRIGGER hint AFTER INSERT OR UPDATE OF name, revoked_at, role, public_key ON device
    FOR EACH ROW EXECUTE FUNCTION sec.hint('hub', 'tenant_id');

-- Whoever runs the hub gives a device another name (`pems-hub device rename`): PCs are handed on, and names are typed wrongly.
GRANT UPDATE (name) ON device TO hub_operator;
