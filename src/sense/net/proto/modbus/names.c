#include "sense/net/proto/modbus/modbus.h"

const char *ward_modbus_function_name(unsigned function)
{
	static const char *const name[] = {
#define X(IDENT, code, text) [code] = (text),
		WARD_MODBUS_FUNCTION_LIST(X)
#undef X
	};

	return function < WARD_ARRAY_LEN(name) ? name[function] : NULL;
}

/* Clause 7 */
const char *ward_modbus_exception_name(unsigned code)
{
	static const char *const name[] = {
		[1] = "illegal-function",
		[2] = "illegal-data-address",
		[3] = "illegal-data-value",
		[4] = "server-device-failure",
		[5] = "acknowledge",
		[6] = "server-device-busy",
		[7] = "negative-acknowledge",
		[8] = "memory-parity-error",
		[10] = "gateway-path-unavailable",
		[11] = "gateway-target-failed-to-respond",
	};

	return code < WARD_ARRAY_LEN(name) ? name[code] : NULL;
}

/* Clause 6.8.1 */
const char *ward_modbus_diagnostic_name(unsigned sub_function)
{
	static const char *const name[] = {
		[0] = "return-query-data",
		[1] = "restart-communications",
		[2] = "return-diagnostic-register",
		[3] = "change-ascii-delimiter",
		[4] = "force-listen-only",
		[10] = "clear-counters",
		[11] = "return-bus-message-count",
		[12] = "return-bus-communication-error-count",
		[13] = "return-bus-exception-count",
		[14] = "return-server-message-count",
		[15] = "return-server-no-response-count",
		[16] = "return-server-nak-count",
		[17] = "return-server-busy-count",
		[18] = "return-bus-overrun-count",
		[20] = "clear-overrun-counter",
	};

	return sub_function < WARD_ARRAY_LEN(name) ? name[sub_function] : NULL;
}

bool ward_modbus_writes(unsigned function)
{
	switch (function) {
	case WARD_MODBUS_F_WRITE_COIL:
	case WARD_MODBUS_F_WRITE_REGISTER:
	case WARD_MODBUS_F_WRITE_COILS:
	case WARD_MODBUS_F_WRITE_REGISTERS:
	case WARD_MODBUS_F_WRITE_FILE:
	case WARD_MODBUS_F_MASK_WRITE:
	case WARD_MODBUS_F_READ_WRITE:
		return true;
	default:
		return false;
	}
}
