#include "sense/net/proto/enip/names.h"

#include "base/attr.h"

#include <stddef.h>

struct named {
	uint32_t v;
	const char *name;
};

static const char *name_of(const struct named *row, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		if (row[i].v == v)
			return row[i].name;
	return NULL;
}

const char *ward_enip_command_name(uint32_t command)
{
	static const struct named rows[] = {
#define X(IDENT, code, name) {code, name},
		WARD_ENIP_COMMAND_LIST(X)
#undef X
	};

	return name_of(rows, WARD_ARRAY_LEN(rows), command);
}

/* Volume 2, 2-3.4 */
const char *ward_enip_status_name(uint32_t status)
{
	static const struct named rows[] = {
		{0x00, "success"},
		{0x01, "invalid_command"},
		{0x02, "insufficient_memory"},
		{0x03, "incorrect_data"},
		{0x64, "invalid_session"},
		{0x65, "invalid_length"},
		{0x69, "unsupported_version"},
		{0x6a, "encapsulated_service_not_allowed"},
	};

	return name_of(rows, WARD_ARRAY_LEN(rows), status);
}

/* Volume 1, 5A-2.2.1.8 */
const char *ward_enip_state_name(uint32_t state)
{
	static const struct named rows[] = {
		{0, "nonexistent"},
		{1, "self_testing"},
		{2, "standby"},
		{3, "operational"},
		{4, "recoverable_fault"},
		{5, "unrecoverable_fault"},
		{255, "default"},
	};

	return name_of(rows, WARD_ARRAY_LEN(rows), state);
}

/* Volume 1, appendix B-1 */
const char *ward_cip_status_name(uint32_t status)
{
	static const struct named rows[] = {
		{0x00, "success"},
		{0x01, "connection_failure"},
		{0x02, "resource_unavailable"},
		{0x03, "invalid_parameter_value"},
		{0x04, "path_segment_error"},
		{0x05, "path_destination_unknown"},
		{0x06, "partial_transfer"},
		{0x07, "connection_lost"},
		{0x08, "service_not_supported"},
		{0x09, "invalid_attribute_value"},
		{0x0a, "attribute_list_error"},
		{0x0b, "already_in_requested_state"},
		{0x0c, "object_state_conflict"},
		{0x0d, "object_already_exists"},
		{0x0e, "attribute_not_settable"},
		{0x0f, "privilege_violation"},
		{0x10, "device_state_conflict"},
		{0x11, "reply_data_too_large"},
		{0x13, "not_enough_data"},
		{0x14, "attribute_not_supported"},
		{0x15, "too_much_data"},
		{0x16, "object_does_not_exist"},
		{0x1e, "embedded_service_error"},
		{0x1f, "vendor_specific_error"},
		{0x20, "invalid_parameter"},
		{0x26, "path_size_invalid"},
	};

	return name_of(rows, WARD_ARRAY_LEN(rows), status);
}

static const struct {
	uint8_t class, code;
	const char *name;
} services[] = {
#define X(class, code, name) {class, code, name},
	WARD_CIP_SERVICE_LIST(X)
#undef X
};

unsigned ward_cip_service_at(uint32_t class, uint8_t service)
{
	unsigned i = 0;

	while (i < WARD_ARRAY_LEN(services) &&
		(services[i].code != service || (services[i].class && services[i].class != class)))
		i++;
	return i;
}

const char *ward_cip_service_name(uint32_t class, uint8_t service)
{
	unsigned i = ward_cip_service_at(class, service);

	return i < WARD_ARRAY_LEN(services) ? services[i].name : NULL;
}
