/* Names of EtherNet/IP and CIP. */
#ifndef WARD_SENSE_NET_ENIP_NAMES_H
#define WARD_SENSE_NET_ENIP_NAMES_H

#include <stdint.h>

/* Commands, CIP Volume 2, 2-3.2: X(IDENT, code, "name") */
#define WARD_ENIP_COMMAND_LIST(X)                     \
	X(NOP, 0x0000, "nop")                         \
	X(LIST_SERVICES, 0x0004, "list_services")     \
	X(LIST_IDENTITY, 0x0063, "list_identity")     \
	X(LIST_INTERFACES, 0x0064, "list_interfaces") \
	X(REGISTER, 0x0065, "register_session")       \
	X(UNREGISTER, 0x0066, "unregister_session")   \
	X(SEND_RR, 0x006f, "send_rr_data")            \
	X(SEND_UNIT, 0x0070, "send_unit_data")        \
	X(INDICATE, 0x0072, "indicate_status")        \
	X(CANCEL, 0x0073, "cancel")

enum ward_enip_command {
#define X(IDENT, code, name) WARD_ENIP_C_##IDENT = (code),
	WARD_ENIP_COMMAND_LIST(X)
#undef X
};

/* Services: X(class of the object, 0: of all, code, "name"). CIP Volume 1, appendix A and 3-5.5; of
 * other objects those of public manuals. The first that fits counts. */
#define WARD_CIP_SERVICE_LIST(X)                     \
	X(0x06, 0x4e, "forward_close")               \
	X(0x06, 0x52, "unconnected_send")            \
	X(0x06, 0x54, "forward_open")                \
	X(0x06, 0x56, "get_connection_data")         \
	X(0x06, 0x57, "search_connection_data")      \
	X(0x06, 0x5a, "get_connection_owner")        \
	X(0x06, 0x5b, "large_forward_open")          \
	X(0x37, 0x4b, "initiate_upload")             \
	X(0x37, 0x4c, "initiate_download")           \
	X(0x37, 0x4d, "initiate_partial_read")       \
	X(0x37, 0x4e, "initiate_partial_write")      \
	X(0x37, 0x4f, "upload_transfer")             \
	X(0x37, 0x50, "download_transfer")           \
	X(0x37, 0x51, "clear_file")                  \
	X(0x67, 0x4b, "execute_pccc")                \
	X(0x6b, 0x4c, "read_tag")                    \
	X(0x6b, 0x4d, "write_tag")                   \
	X(0x6b, 0x4e, "read_modify_write_tag")       \
	X(0x6b, 0x52, "read_tag_fragmented")         \
	X(0x6b, 0x53, "write_tag_fragmented")        \
	X(0x6b, 0x55, "get_instance_attribute_list") \
	X(0, 0x01, "get_attributes_all")             \
	X(0, 0x02, "set_attributes_all")             \
	X(0, 0x03, "get_attribute_list")             \
	X(0, 0x04, "set_attribute_list")             \
	X(0, 0x05, "reset")                          \
	X(0, 0x06, "start")                          \
	X(0, 0x07, "stop")                           \
	X(0, 0x08, "create")                         \
	X(0, 0x09, "delete")                         \
	X(0, 0x0a, "multiple_service_packet")        \
	X(0, 0x0d, "apply_attributes")               \
	X(0, 0x0e, "get_attribute_single")           \
	X(0, 0x10, "set_attribute_single")           \
	X(0, 0x11, "find_next_object_instance")      \
	X(0, 0x14, "error_response")                 \
	X(0, 0x15, "restore")                        \
	X(0, 0x16, "save")                           \
	X(0, 0x17, "no_operation")                   \
	X(0, 0x18, "get_member")                     \
	X(0, 0x19, "set_member")                     \
	X(0, 0x1a, "insert_member")                  \
	X(0, 0x1b, "remove_member")                  \
	X(0, 0x1c, "group_sync")

/* NULL for a number without a name. They live forever. */
const char *ward_enip_command_name(uint32_t command);
const char *ward_enip_status_name(uint32_t status);
const char *ward_enip_state_name(uint32_t state);
const char *ward_cip_status_name(uint32_t status);
/* Place in WARD_CIP_SERVICE_LIST, or its length. A symbol as path is an object of class 0x6b. */
unsigned ward_cip_service_at(uint32_t class, uint8_t service);
const char *ward_cip_service_name(uint32_t class, uint8_t service);

#endif
