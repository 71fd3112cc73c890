#include "sense/net/proto/opcua/opcua.h"

static const struct {
	const char *name;
	uint32_t request, response;
} services[] = {
#define X(IDENT, name, request, response) {name, request, response},
	WARD_OPCUA_SERVICE_LIST(X)
#undef X
};

const char *ward_opcua_service_name(enum ward_opcua_service s)
{
	return (unsigned)s < WARD_OPCUA_SERVICE_N ? services[s].name : NULL;
}

enum ward_opcua_service ward_opcua_service_of(uint32_t type_id, bool *ret_response)
{
	for (size_t i = 0; i < WARD_OPCUA_SERVICE_N; i++) {
		if (services[i].request != type_id && services[i].response != type_id)
			continue;
		*ret_response = services[i].response == type_id;
		return (enum ward_opcua_service)i;
	}
	*ret_response = type_id == WARD_OPCUA_FAULT;
	return WARD_OPCUA_SERVICE_N;
}

static const char *at(const char *const *name, size_t n, uint64_t i)
{
	return i < n ? name[i] : NULL;
}

/* OPC 10000-4 7.20 */
const char *ward_opcua_mode_name(uint32_t mode)
{
	static const char *const names[] = {"invalid", "none", "sign", "sign_and_encrypt"};

	return at(names, WARD_ARRAY_LEN(names), mode);
}

/* OPC 10000-4 7.41 */
const char *ward_opcua_identity_name(uint32_t type_id)
{
	switch (type_id) {
	case 0:
	case WARD_OPCUA_ANONYMOUS:
		return "anonymous";
	case WARD_OPCUA_USER_NAME:
		return "user_name";
	case WARD_OPCUA_X509:
		return "certificate";
	case WARD_OPCUA_ISSUED:
		return "issued_token";
	default:
		return NULL;
	}
}

/* OPC 10000-6 table 1 */
const char *ward_opcua_type_name(unsigned type)
{
	static const char *const names[] = {"Null", "Boolean", "SByte", "Byte", "Int16", "UInt16",
		"Int32", "UInt32", "Int64", "UInt64", "Float", "Double", "String", "DateTime",
		"Guid", "ByteString", "XmlElement", "NodeId", "ExpandedNodeId", "StatusCode",
		"QualifiedName", "LocalizedText", "ExtensionObject", "DataValue", "Variant",
		"DiagnosticInfo"};

	return at(names, WARD_ARRAY_LEN(names), type);
}

/* OPC 10000-6 A.1 */
const char *ward_opcua_attribute_name(int64_t attribute)
{
	static const char *const names[] = {NULL, "NodeId", "NodeClass", "BrowseName",
		"DisplayName", "Description", "WriteMask", "UserWriteMask", "IsAbstract",
		"Symmetric", "InverseName", "ContainsNoLoops", "EventNotifier", "Value", "DataType",
		"ValueRank", "ArrayDimensions", "AccessLevel", "UserAccessLevel",
		"MinimumSamplingInterval", "Historizing", "Executable", "UserExecutable",
		"DataTypeDefinition", "RolePermissions", "UserRolePermissions",
		"AccessRestrictions", "AccessLevelEx"};

	return attribute < 0 ? NULL : at(names, WARD_ARRAY_LEN(names), (uint64_t)attribute);
}
