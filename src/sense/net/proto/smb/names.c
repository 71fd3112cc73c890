/* Names of numbers: MS-ERREF 2.3.1, MS-CIFS 2.2.2, MS-SMB2 2.2, MS-FSCC 2.3. */
#include "sense/net/proto/smb/smb.h"

struct named {
	uint32_t v;
	const char *name;
};

static const char *name_of(const struct named *table, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].v == v)
			return table[i].name;
	return NULL;
}

/* Of DOS errors class and code stand in the upper and the lower half, 0x20000000 is our mark. */
static const struct named statuses[] = {
	{0x00000000, "SUCCESS"},
	{0x00000103, "PENDING"},
	{0x0000010b, "NOTIFY_CLEANUP"},
	{0x0000010c, "NOTIFY_ENUM_DIR"},
	{0x80000005, "BUFFER_OVERFLOW"},
	{0x80000006, "NO_MORE_FILES"},
	{0x8000002d, "STOPPED_ON_SYMLINK"},
	{0xc0000001, "UNSUCCESSFUL"},
	{0xc0000002, "NOT_IMPLEMENTED"},
	{0xc0000003, "INVALID_INFO_CLASS"},
	{0xc0000004, "INFO_LENGTH_MISMATCH"},
	{0xc0000005, "ACCESS_VIOLATION"},
	{0xc0000008, "INVALID_HANDLE"},
	{0xc000000d, "INVALID_PARAMETER"},
	{0xc000000e, "NO_SUCH_DEVICE"},
	{0xc000000f, "NO_SUCH_FILE"},
	{0xc0000010, "INVALID_DEVICE_REQUEST"},
	{0xc0000011, "END_OF_FILE"},
	{0xc0000016, "MORE_PROCESSING_REQUIRED"},
	{0xc0000022, "ACCESS_DENIED"},
	{0xc0000023, "BUFFER_TOO_SMALL"},
	{0xc0000033, "OBJECT_NAME_INVALID"},
	{0xc0000034, "OBJECT_NAME_NOT_FOUND"},
	{0xc0000035, "OBJECT_NAME_COLLISION"},
	{0xc000003a, "OBJECT_PATH_NOT_FOUND"},
	{0xc000003b, "OBJECT_PATH_SYNTAX_BAD"},
	{0xc0000043, "SHARING_VIOLATION"},
	{0xc0000054, "FILE_LOCK_CONFLICT"},
	{0xc0000055, "LOCK_NOT_GRANTED"},
	{0xc0000056, "DELETE_PENDING"},
	{0xc000005e, "NO_LOGON_SERVERS"},
	{0xc0000061, "PRIVILEGE_NOT_HELD"},
	{0xc0000064, "NO_SUCH_USER"},
	{0xc000006a, "WRONG_PASSWORD"},
	{0xc000006d, "LOGON_FAILURE"},
	{0xc000006e, "ACCOUNT_RESTRICTION"},
	{0xc000006f, "INVALID_LOGON_HOURS"},
	{0xc0000070, "INVALID_WORKSTATION"},
	{0xc0000071, "PASSWORD_EXPIRED"},
	{0xc0000072, "ACCOUNT_DISABLED"},
	{0xc000007f, "DISK_FULL"},
	{0xc000009a, "INSUFFICIENT_RESOURCES"},
	{0xc00000ab, "INSTANCE_NOT_AVAILABLE"},
	{0xc00000ac, "PIPE_NOT_AVAILABLE"},
	{0xc00000ad, "INVALID_PIPE_STATE"},
	{0xc00000ae, "PIPE_BUSY"},
	{0xc00000b0, "PIPE_DISCONNECTED"},
	{0xc00000b1, "PIPE_CLOSING"},
	{0xc00000b5, "IO_TIMEOUT"},
	{0xc00000ba, "FILE_IS_A_DIRECTORY"},
	{0xc00000bb, "NOT_SUPPORTED"},
	{0xc00000c4, "UNEXPECTED_NETWORK_ERROR"},
	{0xc00000c9, "NETWORK_NAME_DELETED"},
	{0xc00000ca, "NETWORK_ACCESS_DENIED"},
	{0xc00000cb, "BAD_DEVICE_TYPE"},
	{0xc00000cc, "BAD_NETWORK_NAME"},
	{0xc00000d0, "REQUEST_NOT_ACCEPTED"},
	{0xc00000e5, "INTERNAL_ERROR"},
	{0xc0000101, "DIRECTORY_NOT_EMPTY"},
	{0xc0000103, "NOT_A_DIRECTORY"},
	{0xc0000120, "CANCELLED"},
	{0xc0000121, "CANNOT_DELETE"},
	{0xc0000128, "FILE_CLOSED"},
	{0xc000014b, "PIPE_BROKEN"},
	{0xc000015b, "LOGON_TYPE_NOT_GRANTED"},
	{0xc000018b, "NO_TRUST_SAM_ACCOUNT"},
	{0xc000018d, "TRUSTED_RELATIONSHIP_FAILURE"},
	{0xc0000192, "NETLOGON_NOT_STARTED"},
	{0xc0000193, "ACCOUNT_EXPIRED"},
	{0xc000019c, "FS_DRIVER_REQUIRED"},
	{0xc0000203, "USER_SESSION_DELETED"},
	{0xc0000205, "INSUFF_SERVER_RESOURCES"},
	{0xc0000224, "PASSWORD_MUST_CHANGE"},
	{0xc0000225, "NOT_FOUND"},
	{0xc0000234, "ACCOUNT_LOCKED_OUT"},
	{0xc0000257, "PATH_NOT_COVERED"},
	{0xc000035c, "NETWORK_SESSION_EXPIRED"},
	{0xc0000419, "DOWNGRADE_DETECTED"},
	{0xc0000466, "SERVER_UNAVAILABLE"},
	{0x20010001, "BAD_FUNCTION"},
	{0x20010002, "FILE_NOT_FOUND"},
	{0x20010003, "PATH_NOT_FOUND"},
	{0x20010005, "DOS_ACCESS_DENIED"},
	{0x20010006, "BAD_FID"},
	{0x20010020, "BAD_SHARE"},
	{0x20010050, "FILE_EXISTS"},
	{0x20020001, "SRV_ERROR"},
	{0x20020002, "BAD_PASSWORD"},
	{0x20020004, "SRV_ACCESS"},
	{0x20020005, "BAD_TID"},
	{0x20020006, "BAD_NET_NAME"},
	{0x2002005b, "BAD_UID"},
};

const char *ward_smb_status_name(uint32_t status)
{
	return name_of(statuses, WARD_ARRAY_LEN(statuses), status);
}

static const struct named commands1[] = {
	{0x00, "create_directory"},
	{0x01, "delete_directory"},
	{0x02, "open"},
	{0x03, "create"},
	{0x04, "close"},
	{0x05, "flush"},
	{0x06, "delete"},
	{0x07, "rename"},
	{0x08, "query_information"},
	{0x09, "set_information"},
	{0x0a, "read"},
	{0x0b, "write"},
	{0x0f, "create_new"},
	{0x10, "check_directory"},
	{0x24, "locking_andx"},
	{0x25, "transaction"},
	{0x26, "transaction_secondary"},
	{0x27, "ioctl"},
	{0x2b, "echo"},
	{0x2d, "open_andx"},
	{0x2e, "read_andx"},
	{0x2f, "write_andx"},
	{0x32, "transaction2"},
	{0x33, "transaction2_secondary"},
	{0x34, "find_close2"},
	{0x71, "tree_disconnect"},
	{0x72, "negotiate"},
	{0x73, "session_setup_andx"},
	{0x74, "logoff_andx"},
	{0x75, "tree_connect_andx"},
	{0x80, "query_information_disk"},
	{0xa0, "nt_transact"},
	{0xa1, "nt_transact_secondary"},
	{0xa2, "nt_create_andx"},
	{0xa4, "nt_cancel"},
	{0xa5, "nt_rename"},
};

static const char *const commands2[] = {"negotiate", "session_setup", "logoff", "tree_connect",
	"tree_disconnect", "create", "close", "flush", "read", "write", "lock", "ioctl", "cancel",
	"echo", "query_directory", "change_notify", "query_info", "set_info", "oplock_break"};

const char *ward_smb_command_name(unsigned version, unsigned command)
{
	if (version == 1)
		return name_of(commands1, WARD_ARRAY_LEN(commands1), command);
	return command < WARD_ARRAY_LEN(commands2) ? commands2[command] : NULL;
}

static const char *const dialects1[] = {"PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03",
	"MICROSOFT NETWORKS 3.0", "LANMAN1.0", "LM1.2X002", "DOS LM1.2X002", "LANMAN2.1",
	"DOS LANMAN2.1", "Windows for Workgroups 3.1a", "NT LANMAN 1.0", "NT LM 0.12", "Samba",
	"SMB 2.002", "SMB 2.???", "POSIX 2", "other"};

const char *ward_smb1_dialect_name(unsigned i)
{
	return i < WARD_ARRAY_LEN(dialects1) ? dialects1[i] : NULL;
}

unsigned ward_smb1_dialect(struct ward_str name)
{
	unsigned i = 0;

	while (i < WARD_ARRAY_LEN(dialects1) - 1 && !ward_str_eqz(name, dialects1[i]))
		i++;
	return i;
}

const char *ward_smb2_dialect_name(unsigned dialect)
{
	static const struct named names[] = {{0x202, "2.0.2"}, {0x210, "2.1"}, {0x222, "2.2.2"},
		{0x224, "2.2.4"}, {0x2ff, "2.???"}, {0x300, "3.0"}, {0x302, "3.0.2"},
		{0x310, "3.1.0"}, {0x311, "3.1.1"}};

	return name_of(names, WARD_ARRAY_LEN(names), dialect);
}

static const char *const trans2[] = {"open2", "find_first2", "find_next2", "query_fs_information",
	"set_fs_information", "query_path_information", "set_path_information",
	"query_file_information", "set_file_information", "fsctl", "ioctl2", "find_notify_first",
	"find_notify_next", "create_directory", "session_setup", NULL, "get_dfs_referral",
	"report_dfs_inconsistency"};

static const char *const nt_trans[] = {NULL, "create", "ioctl", "set_security_desc",
	"notify_change", "rename", "query_security_desc", "query_quota", "set_quota"};

static const struct named pipe_functions[] = {{0x01, "set_nmpipe_state"}, {0x11, "raw_read_nmpipe"},
	{0x21, "query_nmpipe_state"}, {0x22, "query_nmpipe_info"}, {0x23, "peek_nmpipe"},
	{0x26, "transact_nmpipe"}, {0x31, "raw_write_nmpipe"}, {0x36, "read_nmpipe"},
	{0x37, "write_nmpipe"}, {0x53, "wait_nmpipe"}, {0x54, "call_nmpipe"}};

const char *ward_smb_trans_name(unsigned command, unsigned sub)
{
	if (command == WARD_SMB1_TRANS2)
		return sub < WARD_ARRAY_LEN(trans2) ? trans2[sub] : NULL;
	if (command == WARD_SMB1_NT_TRANS)
		return sub < WARD_ARRAY_LEN(nt_trans) ? nt_trans[sub] : NULL;
	return name_of(pipe_functions, WARD_ARRAY_LEN(pipe_functions), sub);
}

static const struct named fsctls[] = {
	{0x00060194, "FSCTL_DFS_GET_REFERRALS"},
	{0x000601b0, "FSCTL_DFS_GET_REFERRALS_EX"},
	{0x00090000, "FSCTL_REQUEST_OPLOCK_LEVEL_1"},
	{0x000900a4, "FSCTL_SET_REPARSE_POINT"},
	{0x000900a8, "FSCTL_GET_REPARSE_POINT"},
	{0x000900c0, "FSCTL_CREATE_OR_GET_OBJECT_ID"},
	{0x000900c4, "FSCTL_SET_SPARSE"},
	{0x000940cf, "FSCTL_QUERY_ALLOCATED_RANGES"},
	{0x000980c8, "FSCTL_SET_ZERO_DATA"},
	{0x00098208, "FSCTL_FILE_LEVEL_TRIM"},
	{0x0011400c, "FSCTL_PIPE_PEEK"},
	{0x00110018, "FSCTL_PIPE_WAIT"},
	{0x0011c017, "FSCTL_PIPE_TRANSCEIVE"},
	{0x00140078, "FSCTL_SRV_REQUEST_RESUME_KEY"},
	{0x00144064, "FSCTL_SRV_ENUMERATE_SNAPSHOTS"},
	{0x001440f2, "FSCTL_SRV_COPYCHUNK"},
	{0x001480f2, "FSCTL_SRV_COPYCHUNK_WRITE"},
	{0x001401d4, "FSCTL_LMR_REQUEST_RESILIENCY"},
	{0x001401fc, "FSCTL_QUERY_NETWORK_INTERFACE_INFO"},
	{0x00140204, "FSCTL_VALIDATE_NEGOTIATE_INFO"},
};

const char *ward_smb_fsctl_name(uint32_t code)
{
	return name_of(fsctls, WARD_ARRAY_LEN(fsctls), code);
}

static const struct named info2[] = {
	{0x10a, "file_rename"},
	{0x10d, "file_disposition"},
	{0x104, "file_basic"},
	{0x113, "file_allocation"},
	{0x114, "file_end_of_file"},
	{0x10e, "file_position"},
	{0x110, "file_mode"},
	{0x10b, "file_link"},
	{0x10f, "file_full_ea"},
	{0x117, "file_pipe"},
	{0x140, "file_disposition_ex"},
	{0x141, "file_rename_ex"},
	{0x300, "security"},
};

static const struct named info1[] = {
	{0x101, "file_basic"},
	{0x102, "file_disposition"},
	{0x103, "file_allocation"},
	{0x104, "file_end_of_file"},
	{0x1, "standard"},
	{0x2, "ea"},
	{0x3ec, "file_basic"},
	{0x3f2, "file_rename"},
	{0x3f5, "file_disposition"},
	{0x3fb, "file_allocation"},
	{0x3fc, "file_end_of_file"},
	{0x200, "unix_basic"},
	{0x203, "unix_hardlink"},
	{0x201, "unix_link"},
};

const char *ward_smb_info_name(unsigned version, uint32_t info)
{
	return version == 1 ? name_of(info1, WARD_ARRAY_LEN(info1), info)
			    : name_of(info2, WARD_ARRAY_LEN(info2), info);
}

const char *ward_smb_disposition_name(uint32_t disposition)
{
	static const char *const names[] = {
		"supersede", "open", "create", "open_if", "overwrite", "overwrite_if"};

	return disposition < WARD_ARRAY_LEN(names) ? names[disposition] : NULL;
}

const char *ward_smb_action_name(uint32_t action)
{
	static const char *const names[] = {"superseded", "opened", "created", "overwritten"};

	return action < WARD_ARRAY_LEN(names) ? names[action] : NULL;
}

const char *ward_smb_share_type_name(unsigned type)
{
	static const char *const names[] = {NULL, "DISK", "PIPE", "PRINT"};

	return type < WARD_ARRAY_LEN(names) ? names[type] : NULL;
}

const char *ward_smb_cipher_name(unsigned cipher)
{
	static const char *const names[] = {
		NULL, "AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM"};

	return cipher < WARD_ARRAY_LEN(names) ? names[cipher] : NULL;
}
