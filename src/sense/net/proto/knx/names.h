/* What the standard calls services, messages and values of KNX, and which reader takes them. */
#ifndef WARD_SENSE_NET_KNX_NAMES_H
#define WARD_SENSE_NET_KNX_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Services: X(IDENT, code, "name", how its body is read) */
#define WARD_KNX_SERVICE_LIST(X)                                                          \
	X(SEARCH_REQUEST, 0x0201, "search_request", discovery)                            \
	X(SEARCH_RESPONSE, 0x0202, "search_response", endpoint_and_dibs)                  \
	X(DESCRIPTION_REQUEST, 0x0203, "description_request", discovery)                  \
	X(DESCRIPTION_RESPONSE, 0x0204, "description_response", dibs)                     \
	X(CONNECT_REQUEST, 0x0205, "connect_request", connect_request)                    \
	X(CONNECT_RESPONSE, 0x0206, "connect_response", connect_response)                 \
	X(STATE_REQUEST, 0x0207, "connectionstate_request", channel_request)              \
	X(STATE_RESPONSE, 0x0208, "connectionstate_response", channel_response)           \
	X(DISCONNECT_REQUEST, 0x0209, "disconnect_request", channel_request)              \
	X(DISCONNECT_RESPONSE, 0x020a, "disconnect_response", channel_response)           \
	X(SEARCH_EXTENDED, 0x020b, "search_request_extended", search_extended)            \
	X(SEARCH_ANSWER, 0x020c, "search_response_extended", endpoint_and_dibs)           \
	X(CONFIGURATION, 0x0310, "device_configuration_request", tunnelled)               \
	X(CONFIGURATION_ACK, 0x0311, "device_configuration_ack", acknowledged)            \
	X(TUNNELLING, 0x0420, "tunnelling_request", tunnelled)                            \
	X(TUNNELLING_ACK, 0x0421, "tunnelling_ack", acknowledged)                         \
	X(FEATURE_GET, 0x0422, "tunnelling_feature_get", feature)                         \
	X(FEATURE_RESPONSE, 0x0423, "tunnelling_feature_response", feature)               \
	X(FEATURE_SET, 0x0424, "tunnelling_feature_set", feature)                         \
	X(FEATURE_INFO, 0x0425, "tunnelling_feature_info", feature)                       \
	X(ROUTING, 0x0530, "routing_indication", frame)                                   \
	X(ROUTING_LOST, 0x0531, "routing_lost_message", routing_lost)                     \
	X(ROUTING_BUSY, 0x0532, "routing_busy", routing_busy)                             \
	X(ROUTING_SYSTEM, 0x0533, "routing_system_broadcast", frame)                      \
	X(DIAGNOSTIC, 0x0740, "remote_diagnostic_request", remote)                        \
	X(DIAGNOSTIC_RESPONSE, 0x0741, "remote_diagnostic_response", remote_dibs)         \
	X(BASIC_CONFIGURATION, 0x0742, "remote_basic_configuration_request", remote_dibs) \
	X(RESET, 0x0743, "remote_reset_request", remote_reset)                            \
	X(SECURE, 0x0950, "secure_wrapper", secure_wrapper)                               \
	X(SESSION_REQUEST, 0x0951, "session_request", session_request)                    \
	X(SESSION_RESPONSE, 0x0952, "session_response", session_response)                 \
	X(SESSION_AUTHENTICATE, 0x0953, "session_authenticate", session_authenticate)     \
	X(SESSION_STATUS, 0x0954, "session_status", session_status)                       \
	X(TIMER_NOTIFY, 0x0955, "timer_notify", timer_notify)

enum ward_knx_service {
#define X(IDENT, code, name, body) WARD_KNX_S_##IDENT = (code),
	WARD_KNX_SERVICE_LIST(X)
#undef X
};

/* cEMI message codes, 3.6.3 4.1.2: X(IDENT, code, "name", "class") */
#define WARD_KNX_MESSAGE_LIST(X)                                                \
	X(POLL_REQ, 0x13, "L_Poll_Data.req", "other")                           \
	X(POLL_CON, 0x25, "L_Poll_Data.con", "confirmation")                    \
	X(RAW_REQ, 0x10, "L_Raw.req", "raw")                                    \
	X(RAW_IND, 0x2d, "L_Raw.ind", "raw")                                    \
	X(RAW_CON, 0x2f, "L_Raw.con", "confirmation")                           \
	X(DATA_REQ, 0x11, "L_Data.req", "transport")                            \
	X(DATA_IND, 0x29, "L_Data.ind", "transport")                            \
	X(DATA_CON, 0x2e, "L_Data.con", "confirmation")                         \
	X(BUSMON, 0x2b, "L_Busmon.ind", "busmonitor")                           \
	X(PROP_READ, 0xfc, "M_PropRead.req", "m_prop_read")                     \
	X(PROP_READ_CON, 0xfb, "M_PropRead.con", "confirmation")                \
	X(PROP_WRITE, 0xf6, "M_PropWrite.req", "m_prop_write")                  \
	X(PROP_WRITE_CON, 0xf5, "M_PropWrite.con", "confirmation")              \
	X(PROP_INFO, 0xf7, "M_PropInfo.ind", "m_prop_info")                     \
	X(FUNC_COMMAND, 0xf8, "M_FuncPropCommand.req", "m_func_prop_command")   \
	X(FUNC_READ, 0xf9, "M_FuncPropStateRead.req", "m_func_prop_state_read") \
	X(FUNC_CON, 0xfa, "M_FuncProp.con", "confirmation")                     \
	X(M_RESET, 0xf1, "M_Reset.req", "m_reset")                              \
	X(M_RESET_IND, 0xf0, "M_Reset.ind", "m_reset")

enum ward_knx_message {
#define X(IDENT, code, name, class) WARD_KNX_M_##IDENT = (code),
	WARD_KNX_MESSAGE_LIST(X)
#undef X
};

/* Application services, 3.3.7 clause 2: X(IDENT, code, bits that say so, "name", how it is read).
 * The first that fits counts. */
#define WARD_KNX_APCI_LIST(X)                                                                      \
	X(GROUP_READ, 0x000, 0x3c0, "group_value_read", nothing)                                   \
	X(GROUP_RESPONSE, 0x040, 0x3c0, "group_value_response", group_value)                       \
	X(GROUP_WRITE, 0x080, 0x3c0, "group_value_write", group_value)                             \
	X(ADDRESS_WRITE, 0x0c0, 0x3ff, "individual_address_write", address_write)                  \
	X(ADDRESS_READ, 0x100, 0x3ff, "individual_address_read", nothing)                          \
	X(ADDRESS_RESPONSE, 0x140, 0x3ff, "individual_address_response", nothing)                  \
	X(ADC_READ, 0x180, 0x3c0, "adc_read", nothing)                                             \
	X(SYSTEM_READ, 0x1c8, 0x3ff, "system_network_parameter_read", nothing)                     \
	X(SYSTEM_RESPONSE, 0x1c9, 0x3ff, "system_network_parameter_response", nothing)             \
	X(SYSTEM_WRITE, 0x1ca, 0x3ff, "system_network_parameter_write", nothing)                   \
	X(EXT_READ, 0x1cc, 0x3ff, "property_ext_value_read", property_ext)                         \
	X(EXT_RESPONSE, 0x1cd, 0x3ff, "property_ext_value_response", property_ext)                 \
	X(EXT_WRITE, 0x1ce, 0x3ff, "property_ext_value_write_con", property_ext)                   \
	X(EXT_WRITTEN, 0x1cf, 0x3ff, "property_ext_value_write_con_response", property_ext)        \
	X(EXT_WRITE_UNCON, 0x1d0, 0x3ff, "property_ext_value_write_uncon", property_ext)           \
	X(EXT_INFO, 0x1d1, 0x3ff, "property_ext_value_info_report", property_ext)                  \
	X(EXT_DESCRIPTION_READ, 0x1d2, 0x3ff, "property_ext_description_read", nothing)            \
	X(EXT_DESCRIPTION, 0x1d3, 0x3ff, "property_ext_description_response", nothing)             \
	X(EXT_COMMAND, 0x1d4, 0x3ff, "function_property_ext_command", function_ext)                \
	X(EXT_STATE_READ, 0x1d5, 0x3ff, "function_property_ext_state_read", function_ext)          \
	X(EXT_STATE, 0x1d6, 0x3ff, "function_property_ext_state_response", function_ext)           \
	X(MEMORY_EXT_WRITE, 0x1fb, 0x3ff, "memory_extended_write", memory_extended)                \
	X(MEMORY_EXT_WRITTEN, 0x1fc, 0x3ff, "memory_extended_write_response", memory_extended)     \
	X(MEMORY_EXT_READ, 0x1fd, 0x3ff, "memory_extended_read", memory_extended)                  \
	X(MEMORY_EXT_RESPONSE, 0x1fe, 0x3ff, "memory_extended_read_response", memory_extended)     \
	X(ADC_RESPONSE, 0x1c0, 0x3c0, "adc_response", nothing)                                     \
	X(MEMORY_READ, 0x200, 0x3c0, "memory_read", memory)                                        \
	X(MEMORY_RESPONSE, 0x240, 0x3c0, "memory_response", memory)                                \
	X(MEMORY_WRITE, 0x280, 0x3c0, "memory_write", memory)                                      \
	X(USER_READ, 0x2c0, 0x3ff, "user_memory_read", user_memory)                                \
	X(USER_RESPONSE, 0x2c1, 0x3ff, "user_memory_response", user_memory)                        \
	X(USER_WRITE, 0x2c2, 0x3ff, "user_memory_write", user_memory)                              \
	X(USER_BITS, 0x2c4, 0x3ff, "user_memory_bit_write", nothing)                               \
	X(MANUFACTURER_READ, 0x2c5, 0x3ff, "user_manufacturer_info_read", nothing)                 \
	X(MANUFACTURER, 0x2c6, 0x3ff, "user_manufacturer_info_response", manufacturer)             \
	X(FUNCTION_COMMAND, 0x2c7, 0x3ff, "function_property_command", function_property)          \
	X(FUNCTION_READ, 0x2c8, 0x3ff, "function_property_state_read", function_property)          \
	X(FUNCTION_STATE, 0x2c9, 0x3ff, "function_property_state_response", function_property)     \
	X(DESCRIPTOR_READ, 0x300, 0x3c0, "device_descriptor_read", nothing)                        \
	X(DESCRIPTOR, 0x340, 0x3c0, "device_descriptor_response", descriptor)                      \
	X(RESTART_RESPONSE, 0x3a0, 0x3e0, "restart_response", nothing)                             \
	X(RESTART, 0x380, 0x3c0, "restart", restart)                                               \
	X(ROUTING_OPEN, 0x3c0, 0x3ff, "open_routing_table", nothing)                               \
	X(ROUTING_READ, 0x3c1, 0x3ff, "read_routing_table", nothing)                               \
	X(ROUTING_RESPONSE, 0x3c2, 0x3ff, "read_routing_table_response", nothing)                  \
	X(ROUTING_WRITE, 0x3c3, 0x3ff, "write_routing_table", nothing)                             \
	X(ROUTER_READ, 0x3c8, 0x3ff, "read_router_memory", nothing)                                \
	X(ROUTER_RESPONSE, 0x3c9, 0x3ff, "read_router_memory_response", nothing)                   \
	X(ROUTER_WRITE, 0x3ca, 0x3ff, "write_router_memory", nothing)                              \
	X(ROUTER_STATUS, 0x3cd, 0x3ff, "read_router_status", nothing)                              \
	X(ROUTER_STATUS_RESPONSE, 0x3ce, 0x3ff, "read_router_status_response", nothing)            \
	X(ROUTER_STATUS_WRITE, 0x3cf, 0x3ff, "write_router_status", nothing)                       \
	X(MEMORY_BITS, 0x3d0, 0x3ff, "memory_bit_write", nothing)                                  \
	X(AUTHORIZE, 0x3d1, 0x3ff, "authorize_request", nothing)                                   \
	X(AUTHORIZED, 0x3d2, 0x3ff, "authorize_response", access_level)                            \
	X(KEY_WRITE, 0x3d3, 0x3ff, "key_write", access_level)                                      \
	X(KEY_RESPONSE, 0x3d4, 0x3ff, "key_response", access_level)                                \
	X(PROPERTY_READ, 0x3d5, 0x3ff, "property_value_read", property)                            \
	X(PROPERTY_RESPONSE, 0x3d6, 0x3ff, "property_value_response", property)                    \
	X(PROPERTY_WRITE, 0x3d7, 0x3ff, "property_value_write", property)                          \
	X(PROPERTY_DESCRIPTION_READ, 0x3d8, 0x3ff, "property_description_read", function_property) \
	X(PROPERTY_DESCRIPTION, 0x3d9, 0x3ff, "property_description_response", function_property)  \
	X(NETWORK_READ, 0x3da, 0x3ff, "network_parameter_read", nothing)                           \
	X(NETWORK_RESPONSE, 0x3db, 0x3ff, "network_parameter_response", nothing)                   \
	X(SERIAL_READ, 0x3dc, 0x3ff, "individual_address_serial_number_read", serial)              \
	X(SERIAL_RESPONSE, 0x3dd, 0x3ff, "individual_address_serial_number_response", serial)      \
	X(SERIAL_WRITE, 0x3de, 0x3ff, "individual_address_serial_number_write", serial_write)      \
	X(DOMAIN_WRITE, 0x3e0, 0x3ff, "domain_address_write", nothing)                             \
	X(DOMAIN_READ, 0x3e1, 0x3ff, "domain_address_read", nothing)                               \
	X(DOMAIN_RESPONSE, 0x3e2, 0x3ff, "domain_address_response", nothing)                       \
	X(DOMAIN_SELECTIVE, 0x3e3, 0x3ff, "domain_address_selective_read", nothing)                \
	X(NETWORK_WRITE, 0x3e4, 0x3ff, "network_parameter_write", nothing)                         \
	X(LINK_READ, 0x3e5, 0x3ff, "link_read", nothing)                                           \
	X(LINK_RESPONSE, 0x3e6, 0x3ff, "link_response", nothing)                                   \
	X(LINK_WRITE, 0x3e7, 0x3ff, "link_write", nothing)                                         \
	X(GROUP_PROPERTY_READ, 0x3e8, 0x3ff, "group_prop_value_read", nothing)                     \
	X(GROUP_PROPERTY_RESPONSE, 0x3e9, 0x3ff, "group_prop_value_response", nothing)             \
	X(GROUP_PROPERTY_WRITE, 0x3ea, 0x3ff, "group_prop_value_write", nothing)                   \
	X(GROUP_PROPERTY_INFO, 0x3eb, 0x3ff, "group_prop_value_info_report", nothing)              \
	X(DOMAIN_SERIAL_READ, 0x3ec, 0x3ff, "domain_address_serial_number_read", serial)           \
	X(DOMAIN_SERIAL_RESPONSE, 0x3ed, 0x3ff, "domain_address_serial_number_response", serial)   \
	X(DOMAIN_SERIAL_WRITE, 0x3ee, 0x3ff, "domain_address_serial_number_write", serial)         \
	X(FILE_STREAM, 0x3f0, 0x3ff, "file_stream_info_report", nothing)                           \
	X(SECURE_SERVICE, 0x3f1, 0x3ff, "secure_service", secure_service)

enum ward_knx_apci {
#define X(IDENT, code, mask, name, body) WARD_KNX_A_##IDENT = (code),
	WARD_KNX_APCI_LIST(X)
#undef X
};

enum ward_knx_format {
	WARD_KNX_AS_INT,
	WARD_KNX_AS_FLAG,
	WARD_KNX_AS_INDIVIDUAL,
	WARD_KNX_AS_GROUP,
	/* by name: */
	WARD_KNX_AS_STATUS,
	WARD_KNX_AS_CONNECTION,
	WARD_KNX_AS_LAYER,
	WARD_KNX_AS_MEDIUM,
	WARD_KNX_AS_FEATURE,
	WARD_KNX_AS_RESET,
	WARD_KNX_AS_SESSION,
	WARD_KNX_AS_MESSAGE,
	WARD_KNX_AS_PRIORITY,
	WARD_KNX_AS_TRANSPORT,
	WARD_KNX_AS_APCI,
	WARD_KNX_AS_ERASE,
	WARD_KNX_AS_FAMILY,
};

/* Of TPCI, 3.3.4 clause 2 */
enum ward_knx_transport {
	WARD_KNX_T_DATA,
	WARD_KNX_T_DATA_CONNECTED,
	WARD_KNX_T_CONNECT,
	WARD_KNX_T_DISCONNECT,
	WARD_KNX_T_ACK,
	WARD_KNX_T_NAK,
};

/* Names of numbers, as the standard writes them, or NULL. They live forever. */
const char *ward_knx_name(enum ward_knx_format format, uint32_t v);
/* The service that answers this one, or 0. */
uint16_t ward_knx_answer(uint16_t service);

#endif
