/* Names of the SMB dissector's fields, and how one is put; shared by events.c and odd.c only. */
#ifndef WARD_SENSE_NET_SMB_EVENTS_H
#define WARD_SENSE_NET_SMB_EVENTS_H

#include "sense/net/emit.h"
#include "sense/net/proto/smb/stream.h"

#define WARD_SMB_NAME_LIST(X)                            \
	X(CLASS_NEGOTIATE, "net.smb.negotiate")          \
	X(CLASS_SESSION, "net.smb.session")              \
	X(CLASS_TREE, "net.smb.tree")                    \
	X(CLASS_OPEN, "net.smb.open")                    \
	X(CLASS_FILE, "net.smb.file")                    \
	X(CLASS_RENAME, "net.smb.rename")                \
	X(CLASS_DELETE, "net.smb.delete")                \
	X(CLASS_SET_INFO, "net.smb.set_info")            \
	X(CLASS_IOCTL, "net.smb.ioctl")                  \
	X(CLASS_TRANSACTION, "net.smb.transaction")      \
	X(CLASS_FAILED, "net.smb.failed")                \
	X(CLASS_UNANSWERED, "net.smb.unanswered")        \
	X(CLASS_ANOMALY, "net.smb.anomaly")              \
	X(CLASS_ENCRYPTED, "net.smb.encrypted")          \
	X(CLASS_COMPRESSED, "net.smb.compressed")        \
	X(CLASS_NETBIOS, "net.smb.netbios")              \
	X(VERSION, "smb.version")                        \
	X(COMMAND, "smb.command")                        \
	X(STATUS, "smb.status")                          \
	X(OUTCOME, "smb.outcome")                        \
	X(LATENCY, "smb.latency_ns")                     \
	X(ANOMALY, "smb.anomaly")                        \
	X(MID, "smb.mid")                                \
	X(RESPONSE_MID, "smb.response_mid")              \
	X(TREE, "smb.tree_id")                           \
	X(SESSION, "smb.session_id")                     \
	X(SIGNED, "smb.signed")                          \
	X(DIALECTS, "smb.dialects")                      \
	X(DIALECT, "smb.dialect")                        \
	X(SERVER_GUID, "smb.server_guid")                \
	X(SIGNING, "smb.signing")                        \
	X(CAPABILITIES, "smb.capabilities")              \
	X(CIPHER, "smb.cipher")                          \
	X(COMPRESSION, "smb.compression")                \
	X(SYSTEM_TIME, "smb.system_time")                \
	X(BOOT_TIME, "smb.boot_time")                    \
	X(DOMAIN, "smb.domain")                          \
	X(CLIENT_OS, "smb.client_os")                    \
	X(CLIENT_LANMAN, "smb.client_lanman")            \
	X(NATIVE_OS, "smb.native_os")                    \
	X(NATIVE_LANMAN, "smb.native_lanman")            \
	X(METHOD, "smb.method")                          \
	X(GUEST, "smb.guest")                            \
	X(ENCRYPT, "smb.encrypt")                        \
	X(PATH, "smb.path")                              \
	X(SHARE, "smb.share")                            \
	X(SHARE_TYPE, "smb.share_type")                  \
	X(SHARE_FLAGS, "smb.share_flags")                \
	X(NATIVE_FS, "smb.native_file_system")           \
	X(ACCESS, "smb.access")                          \
	X(DISPOSITION, "smb.disposition")                \
	X(OPTIONS, "smb.options")                        \
	X(ACTION, "smb.action")                          \
	X(DIRECTORY, "smb.directory")                    \
	X(NAMED_PIPE, "smb.named_pipe")                  \
	X(DELETE_ON_CLOSE, "smb.delete_on_close")        \
	X(READS, "smb.reads")                            \
	X(READ_BYTES, "smb.read_bytes")                  \
	X(WRITES, "smb.writes")                          \
	X(WRITE_BYTES, "smb.write_bytes")                \
	X(WRITE_ENTROPY, "smb.write_entropy")            \
	X(END, "smb.end")                                \
	X(EXTENSION_CHANGED, "smb.extension_changed")    \
	X(INFO, "smb.info_class")                        \
	X(FSCTL, "smb.fsctl")                            \
	X(SUBCOMMAND, "smb.subcommand")                  \
	X(SUBCOMMAND_CODE, "smb.subcommand_code")        \
	X(TOTAL_PARAMETERS, "smb.total_parameter_bytes") \
	X(TOTAL_DATA, "smb.total_data_bytes")            \
	X(PARAMETERS, "smb.parameter_bytes")             \
	X(DATA, "smb.data_bytes")                        \
	X(DISPLACEMENT, "smb.data_displacement")         \
	X(ORIGINAL_SIZE, "smb.original_size")            \
	X(OFFSET, "smb.compression_offset")              \
	X(ALGORITHM, "smb.compression_algorithm")        \
	X(MESSAGE, "smb.netbios_message")                \
	X(CALLED, "smb.called_name")                     \
	X(CALLING, "smb.calling_name")                   \
	X(ERROR, "smb.netbios_error")

enum ward_smb_name {
#define X(IDENT, name) WARD_SMB_N_##IDENT,
	WARD_SMB_NAME_LIST(X)
#undef X
		WARD_SMB_N_N, /* then those of DCE/RPC and NTLM */
};

static inline void put_int(const struct ward_dissect *d, enum ward_smb_name name, int64_t v)
{
	ward_emit_int(d->net, d->name[name], v);
}

static inline void put_str(
	const struct ward_dissect *d, enum ward_smb_name name, const char *p, size_t len)
{
	if (len)
		ward_emit_str(d->net, d->name[name], (struct ward_str){p, len});
}

static inline void put_hex(const struct ward_dissect *d, enum ward_smb_name name, uint64_t v)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_printf(&w, "0x%08llx", (unsigned long long)v);
	put_str(d, name, text, w.len);
}

/* The name as text, or the number. */
static inline void put_named(
	const struct ward_dissect *d, enum ward_smb_name field, const char *name, uint32_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		put_hex(d, field, v);
}

static inline void put_status(const struct ward_dissect *d, uint32_t status)
{
	put_named(d, WARD_SMB_N_STATUS, ward_smb_status_name(status), status);
}

static inline void put_command(const struct ward_dissect *d, unsigned version, unsigned command)
{
	put_int(d, WARD_SMB_N_VERSION, version);
	put_named(d, WARD_SMB_N_COMMAND, ward_smb_command_name(version, command), command);
}

/* \\server\share, and the part behind the last backslash. */
static inline void put_path(const struct ward_dissect *d, const char *p, size_t len)
{
	size_t from = len;

	while (from && p[from - 1] != '\\')
		from--;
	put_str(d, WARD_SMB_N_PATH, p, len);
	put_str(d, WARD_SMB_N_SHARE, p + from, len - from);
}

static inline void put_tree(const struct ward_dissect *d, uint32_t id)
{
	const struct ward_smb_flow *f = d->flow;

	for (size_t i = 0; i < WARD_SMB_TREES; i++)
		if (f->tree[i].used && f->tree[i].id == id) {
			put_path(d, f->tree[i].path, f->tree[i].n_path);
			return;
		}
}

static inline void put_file(const struct ward_dissect *d, const struct ward_smb_slot *s)
{
	if (s && s->n_name)
		ward_emit_str(d->net, WARD_FIELD_FILE_NAME, (struct ward_str){s->name, s->n_name});
}

static inline void put_asker(const struct ward_dissect *d, uint8_t asker)
{
	if (ward_smb_side(d) == asker)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
}

/* events.c: the counts of an SMB 1 transaction. */
void ward_smb_put_counts(
	const struct ward_dissect *d, unsigned command, const struct ward_smb_trans *t);

#endif
