#include "sense/building/poll_source.h"

#include "sense/building/bacnet_client.h"
#include "sense/building/modbus_ref.h"
#include "sense/building/snmp_client.h"

bool ward_poll_address_fits(struct ward_str kind, struct ward_str address, const char **ret_why)
{
	struct ward_bacnet_ref object;
	struct ward_modbus_ref registers;
	struct ward_snmp_oid oid;

	if (ward_str_eqz(kind, "bacnet"))
		return ward_bacnet_ref_parse(address, &object, ret_why) == WARD_OK;
	if (ward_str_eqz(kind, "modbus"))
		return ward_modbus_ref_parse(address, &registers, ret_why) == WARD_OK;
	if (ward_str_eqz(kind, "snmp"))
		return ward_snmp_oid_parse(address, &oid, ret_why) == WARD_OK;
	return true;
}

bool ward_poll_controller_fits(struct ward_str controller, const char **ret_why)
{
	struct ward_bacnet_scope scope;

	*ret_why = "write 10.20.0.21, 10.20.0.21:47809 or a network, 10.20.0.0/24";
	return ward_bacnet_scope_parse(controller, &scope) == WARD_OK;
}
