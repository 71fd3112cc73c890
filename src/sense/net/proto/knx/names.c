#include "sense/net/proto/knx/names.h"

#include "base/attr.h"

struct named {
	uint32_t v;
	const char *name;
};

struct table {
	const struct named *row;
	size_t n;
};

/* 3.8.2 7.1.6 and 3.8.4 */
static const struct named status[] = {
	{0x00, "no_error"},
	{0x01, "host_protocol_type"},
	{0x02, "version_not_supported"},
	{0x04, "sequence_number"},
	{0x0f, "error"},
	{0x21, "connection_id"},
	{0x22, "connection_type"},
	{0x23, "connection_option"},
	{0x24, "no_more_connections"},
	{0x25, "no_more_unique_connections"},
	{0x26, "data_connection"},
	{0x27, "knx_connection"},
	{0x28, "authorisation"},
	{0x29, "tunnelling_layer"},
	{0x2d, "no_tunnelling_address"},
	{0x2e, "connection_in_use"},
};

/* 3.8.2 7.5.1 */
static const struct named connection[] = {
	{0x03, "device_management"},
	{0x04, "tunnel"},
	{0x06, "remote_logging"},
	{0x07, "remote_configuration"},
	{0x08, "object_server"},
};

static const struct named layer[] = {{0x02, "link"}, {0x04, "raw"}, {0x80, "busmonitor"}};

static const struct named medium[] = {
	{0x01, "tp0"}, {0x02, "tp1"}, {0x04, "pl110"}, {0x08, "pl132"}, {0x10, "rf"}, {0x20, "ip"}};

static const struct named feature[] = {
	{1, "supported_emi_types"},
	{2, "device_descriptor_type_0"},
	{3, "bus_connection_status"},
	{4, "manufacturer_code"},
	{5, "active_emi_type"},
	{6, "individual_address"},
	{7, "max_apdu_length"},
	{8, "info_service_enable"},
};

static const struct named reset[] = {{1, "restart"}, {2, "master_reset"}};

/* 3.8.9 2.3.5 */
static const struct named session[] = {
	{0, "authentication_success"},
	{1, "authentication_failed"},
	{2, "unauthenticated"},
	{3, "timeout"},
	{4, "keepalive"},
	{5, "close"},
};

static const struct named message[] = {
#define X(IDENT, code, name, class) {code, name},
	WARD_KNX_MESSAGE_LIST(X)
#undef X
};

static const struct named priority[] = {{0, "system"}, {1, "normal"}, {2, "urgent"}, {3, "low"}};

/* By enum ward_knx_transport */
static const struct named transport[] = {{0, "data"}, {1, "data_connected"}, {2, "connect"},
	{3, "disconnect"}, {4, "ack"}, {5, "nak"}};

static const struct named apci[] = {
#define X(IDENT, code, mask, name, body) {code, name},
	WARD_KNX_APCI_LIST(X)
#undef X
};

/* 3.5.2 3.7.1 */
static const struct named erase[] = {
	{1, "confirmed_restart"},
	{2, "factory_reset"},
	{3, "reset_individual_address"},
	{4, "reset_application"},
	{5, "reset_parameters"},
	{6, "reset_links"},
	{7, "factory_reset_without_address"},
};

/* 3.8.2 7.5.4.3 */
static const struct named family[] = {
	{2, "core"},
	{3, "device_management"},
	{4, "tunnelling"},
	{5, "routing"},
	{6, "remote_logging"},
	{7, "remote_configuration"},
	{8, "object_server"},
	{9, "security"},
};

const char *ward_knx_name(enum ward_knx_format format, uint32_t v)
{
#define TABLE(rows)                        \
	{                                  \
		rows, WARD_ARRAY_LEN(rows) \
	}
	static const struct table tables[] = {
		[WARD_KNX_AS_STATUS] = TABLE(status),
		[WARD_KNX_AS_CONNECTION] = TABLE(connection),
		[WARD_KNX_AS_LAYER] = TABLE(layer),
		[WARD_KNX_AS_MEDIUM] = TABLE(medium),
		[WARD_KNX_AS_FEATURE] = TABLE(feature),
		[WARD_KNX_AS_RESET] = TABLE(reset),
		[WARD_KNX_AS_SESSION] = TABLE(session),
		[WARD_KNX_AS_MESSAGE] = TABLE(message),
		[WARD_KNX_AS_PRIORITY] = TABLE(priority),
		[WARD_KNX_AS_TRANSPORT] = TABLE(transport),
		[WARD_KNX_AS_APCI] = TABLE(apci),
		[WARD_KNX_AS_ERASE] = TABLE(erase),
		[WARD_KNX_AS_FAMILY] = TABLE(family),
	};
#undef TABLE
	const struct table *t = format < WARD_ARRAY_LEN(tables) ? &tables[format] : NULL;

	for (size_t i = 0; t && i < t->n; i++)
		if (t->row[i].v == v)
			return t->row[i].name;
	return NULL;
}

uint16_t ward_knx_answer(uint16_t service)
{
	switch (service) {
	case WARD_KNX_S_DESCRIPTION_REQUEST:
	case WARD_KNX_S_CONNECT_REQUEST:
	case WARD_KNX_S_STATE_REQUEST:
	case WARD_KNX_S_DISCONNECT_REQUEST:
	case WARD_KNX_S_CONFIGURATION:
	case WARD_KNX_S_TUNNELLING:
	case WARD_KNX_S_DIAGNOSTIC:
	case WARD_KNX_S_SESSION_REQUEST:
		return (uint16_t)(service + 1U);
	case WARD_KNX_S_FEATURE_GET:
	case WARD_KNX_S_FEATURE_SET:
		return WARD_KNX_S_FEATURE_RESPONSE;
	default:
		return 0;
	}
}
