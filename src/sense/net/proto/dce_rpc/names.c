/* Names of interfaces and operations. Sources: the protocol documents of each interface
 * (MS-SCMR, MS-SAMR, MS-LSAD, MS-DRSR, MS-NRPC, MS-TSCH, MS-RRP, MS-SRVS, MS-WKST, MS-RPRN, MS-PAR,
 * MS-DCOM, MS-WMI, MS-EFSR, MS-EVEN, MS-DFSNM, MS-FSRVP …), C706 appendix O. */
#include "sense/net/proto/dce_rpc/rpc.h"

struct operation {
	uint16_t number;
	const char *name;
};

static const struct operation ops_svcctl[] = {
	{0, "CloseServiceHandle"},
	{1, "ControlService"},
	{2, "DeleteService"},
	{3, "LockServiceDatabase"},
	{6, "QueryServiceStatus"},
	{11, "ChangeServiceConfigW"},
	{12, "CreateServiceW"},
	{13, "EnumDependentServicesW"},
	{14, "EnumServicesStatusW"},
	{15, "OpenSCManagerW"},
	{16, "OpenServiceW"},
	{17, "QueryServiceConfigW"},
	{18, "QueryServiceLockStatusW"},
	{19, "StartServiceW"},
	{20, "GetServiceDisplayNameW"},
	{21, "GetServiceKeyNameW"},
	{23, "ChangeServiceConfigA"},
	{24, "CreateServiceA"},
	{27, "OpenSCManagerA"},
	{28, "OpenServiceA"},
	{31, "StartServiceA"},
	{36, "ChangeServiceConfig2A"},
	{37, "ChangeServiceConfig2W"},
	{39, "QueryServiceConfig2W"},
	{40, "QueryServiceStatusEx"},
	{42, "EnumServicesStatusExW"},
	{44, "CreateServiceWOW64A"},
	{45, "CreateServiceWOW64W"},
	{51, "ControlServiceExW"},
};

static const struct operation ops_winreg[] = {
	{0, "OpenClassesRoot"},
	{1, "OpenCurrentUser"},
	{2, "OpenLocalMachine"},
	{3, "OpenPerformanceData"},
	{4, "OpenUsers"},
	{5, "BaseRegCloseKey"},
	{6, "BaseRegCreateKey"},
	{7, "BaseRegDeleteKey"},
	{8, "BaseRegDeleteValue"},
	{9, "BaseRegEnumKey"},
	{10, "BaseRegEnumValue"},
	{11, "BaseRegFlushKey"},
	{12, "BaseRegGetKeySecurity"},
	{13, "BaseRegLoadKey"},
	{15, "BaseRegOpenKey"},
	{16, "BaseRegQueryInfoKey"},
	{17, "BaseRegQueryValue"},
	{18, "BaseRegReplaceKey"},
	{19, "BaseRegRestoreKey"},
	{20, "BaseRegSaveKey"},
	{21, "BaseRegSetKeySecurity"},
	{22, "BaseRegSetValue"},
	{23, "BaseRegUnLoadKey"},
	{26, "BaseRegGetVersion"},
	{27, "OpenCurrentConfig"},
	{29, "BaseRegQueryMultipleValues"},
	{31, "BaseRegSaveKeyEx"},
	{35, "BaseRegDeleteKeyEx"},
};

static const struct operation ops_samr[] = {
	{0, "SamrConnect"},
	{1, "SamrCloseHandle"},
	{3, "SamrQuerySecurityObject"},
	{5, "SamrLookupDomainInSamServer"},
	{6, "SamrEnumerateDomainsInSamServer"},
	{7, "SamrOpenDomain"},
	{8, "SamrQueryInformationDomain"},
	{11, "SamrEnumerateGroupsInDomain"},
	{12, "SamrCreateUserInDomain"},
	{13, "SamrEnumerateUsersInDomain"},
	{15, "SamrEnumerateAliasesInDomain"},
	{16, "SamrGetAliasMembership"},
	{17, "SamrLookupNamesInDomain"},
	{18, "SamrLookupIdsInDomain"},
	{19, "SamrOpenGroup"},
	{20, "SamrQueryInformationGroup"},
	{22, "SamrAddMemberToGroup"},
	{25, "SamrGetMembersInGroup"},
	{27, "SamrOpenAlias"},
	{31, "SamrAddMemberToAlias"},
	{33, "SamrGetMembersInAlias"},
	{34, "SamrOpenUser"},
	{35, "SamrDeleteUser"},
	{36, "SamrQueryInformationUser"},
	{37, "SamrSetInformationUser"},
	{38, "SamrChangePasswordUser"},
	{39, "SamrGetGroupsForUser"},
	{40, "SamrQueryDisplayInformation"},
	{44, "SamrGetUserDomainPasswordInformation"},
	{46, "SamrQueryInformationDomain2"},
	{47, "SamrQueryInformationUser2"},
	{48, "SamrQueryDisplayInformation2"},
	{50, "SamrCreateUser2InDomain"},
	{51, "SamrQueryDisplayInformation3"},
	{54, "SamrOemChangePasswordUser2"},
	{55, "SamrUnicodeChangePasswordUser2"},
	{56, "SamrGetDomainPasswordInformation"},
	{57, "SamrConnect2"},
	{58, "SamrSetInformationUser2"},
	{62, "SamrConnect4"},
	{64, "SamrConnect5"},
	{65, "SamrRidToSid"},
	{66, "SamrSetDSRMPassword"},
	{67, "SamrValidatePassword"},
};

static const struct operation ops_lsarpc[] = {
	{0, "LsarClose"},
	{2, "LsarEnumeratePrivileges"},
	{6, "LsarOpenPolicy"},
	{7, "LsarQueryInformationPolicy"},
	{8, "LsarSetInformationPolicy"},
	{10, "LsarCreateAccount"},
	{11, "LsarEnumerateAccounts"},
	{12, "LsarCreateTrustedDomain"},
	{13, "LsarEnumerateTrustedDomains"},
	{14, "LsarLookupNames"},
	{15, "LsarLookupSids"},
	{16, "LsarCreateSecret"},
	{17, "LsarOpenAccount"},
	{19, "LsarAddPrivilegesToAccount"},
	{28, "LsarOpenSecret"},
	{29, "LsarSetSecret"},
	{30, "LsarQuerySecret"},
	{35, "LsarEnumerateAccountsWithUserRight"},
	{36, "LsarEnumerateAccountRights"},
	{37, "LsarAddAccountRights"},
	{42, "LsarStorePrivateData"},
	{43, "LsarRetrievePrivateData"},
	{44, "LsarOpenPolicy2"},
	{45, "LsarGetUserName"},
	{46, "LsarQueryInformationPolicy2"},
	{50, "LsarEnumerateTrustedDomainsEx"},
	{57, "LsarLookupSids2"},
	{58, "LsarLookupNames2"},
	{68, "LsarLookupNames3"},
	{76, "LsarLookupSids3"},
	{77, "LsarLookupNames4"},
};

static const struct operation ops_drsuapi[] = {
	{0, "DRSBind"},
	{1, "DRSUnbind"},
	{2, "DRSReplicaSync"},
	{3, "DRSGetNCChanges"},
	{4, "DRSUpdateRefs"},
	{5, "DRSReplicaAdd"},
	{6, "DRSReplicaDel"},
	{7, "DRSReplicaModify"},
	{8, "DRSVerifyNames"},
	{9, "DRSGetMemberships"},
	{10, "DRSInterDomainMove"},
	{11, "DRSGetNT4ChangeLog"},
	{12, "DRSCrackNames"},
	{13, "DRSWriteSPN"},
	{14, "DRSRemoveDsServer"},
	{15, "DRSRemoveDsDomain"},
	{16, "DRSDomainControllerInfo"},
	{17, "DRSAddEntry"},
	{18, "DRSExecuteKCC"},
	{19, "DRSGetReplInfo"},
	{20, "DRSAddSidHistory"},
	{21, "DRSGetMemberships2"},
	{22, "DRSReplicaVerifyObjects"},
	{23, "DRSGetObjectExistence"},
	{24, "DRSQuerySitesByCost"},
};

static const struct operation ops_netlogon[] = {
	{0, "NetrLogonUasLogon"},
	{1, "NetrLogonUasLogoff"},
	{2, "NetrLogonSamLogon"},
	{3, "NetrLogonSamLogoff"},
	{4, "NetrServerReqChallenge"},
	{5, "NetrServerAuthenticate"},
	{6, "NetrServerPasswordSet"},
	{7, "NetrDatabaseDeltas"},
	{8, "NetrDatabaseSync"},
	{11, "NetrGetDCName"},
	{12, "NetrLogonControl"},
	{14, "NetrLogonControl2"},
	{15, "NetrServerAuthenticate2"},
	{18, "NetrLogonControl2Ex"},
	{19, "NetrEnumerateTrustedDomains"},
	{20, "DsrGetDcName"},
	{21, "NetrLogonGetCapabilities"},
	{26, "NetrServerAuthenticate3"},
	{27, "DsrGetDcNameEx"},
	{28, "DsrGetSiteName"},
	{29, "NetrLogonGetDomainInfo"},
	{30, "NetrServerPasswordSet2"},
	{31, "NetrServerPasswordGet"},
	{34, "DsrGetDcNameEx2"},
	{36, "NetrEnumerateTrustedDomainsEx"},
	{39, "NetrLogonSamLogonEx"},
	{40, "DsrEnumerateDomainTrusts"},
	{42, "NetrServerTrustPasswordsGet"},
	{45, "NetrLogonSamLogonWithFlags"},
	{46, "NetrServerGetTrustInfo"},
};

static const struct operation ops_atsvc[] = {
	{0, "NetrJobAdd"},
	{1, "NetrJobDel"},
	{2, "NetrJobEnum"},
	{3, "NetrJobGetInfo"},
};

static const struct operation ops_itaskschedulerservice[] = {
	{0, "SchRpcHighestVersion"},
	{1, "SchRpcRegisterTask"},
	{2, "SchRpcRetrieveTask"},
	{3, "SchRpcCreateFolder"},
	{4, "SchRpcSetSecurity"},
	{5, "SchRpcGetSecurity"},
	{6, "SchRpcEnumFolders"},
	{7, "SchRpcEnumTasks"},
	{8, "SchRpcEnumInstances"},
	{9, "SchRpcGetInstanceInfo"},
	{10, "SchRpcStopInstance"},
	{11, "SchRpcStop"},
	{12, "SchRpcRun"},
	{13, "SchRpcDelete"},
	{14, "SchRpcRename"},
	{15, "SchRpcScheduledRuntimes"},
	{16, "SchRpcGetLastRunInfo"},
	{17, "SchRpcGetTaskInfo"},
	{18, "SchRpcGetNumberOfMissedRuns"},
	{19, "SchRpcEnableTask"},
};

static const struct operation ops_srvsvc[] = {
	{8, "NetrConnectionEnum"},
	{9, "NetrFileEnum"},
	{12, "NetrSessionEnum"},
	{13, "NetrSessionDel"},
	{14, "NetrShareAdd"},
	{15, "NetrShareEnum"},
	{16, "NetrShareGetInfo"},
	{17, "NetrShareSetInfo"},
	{18, "NetrShareDel"},
	{21, "NetrServerGetInfo"},
	{22, "NetrServerSetInfo"},
	{23, "NetrServerDiskEnum"},
	{28, "NetrRemoteTOD"},
	{31, "NetprPathCanonicalize"},
	{32, "NetprPathCompare"},
	{36, "NetrShareEnumSticky"},
};

static const struct operation ops_wkssvc[] = {
	{0, "NetrWkstaGetInfo"},
	{1, "NetrWkstaSetInfo"},
	{2, "NetrWkstaUserEnum"},
	{5, "NetrWkstaTransportEnum"},
	{8, "NetrUseAdd"},
	{11, "NetrUseEnum"},
	{13, "NetrWorkstationStatisticsGet"},
	{20, "NetrGetJoinInformation"},
	{22, "NetrJoinDomain2"},
};

static const struct operation ops_epmapper[] = {
	{0, "ept_insert"},
	{1, "ept_delete"},
	{2, "ept_lookup"},
	{3, "ept_map"},
	{4, "ept_lookup_handle_free"},
	{5, "ept_inq_object"},
};

static const struct operation ops_spoolss[] = {
	{0, "RpcEnumPrinters"},
	{1, "RpcOpenPrinter"},
	{2, "RpcSetJob"},
	{5, "RpcAddPrinter"},
	{6, "RpcDeletePrinter"},
	{7, "RpcSetPrinter"},
	{8, "RpcGetPrinter"},
	{9, "RpcAddPrinterDriver"},
	{10, "RpcEnumPrinterDrivers"},
	{11, "RpcGetPrinterDriver"},
	{12, "RpcGetPrinterDriverDirectory"},
	{13, "RpcDeletePrinterDriver"},
	{14, "RpcAddPrintProcessor"},
	{15, "RpcEnumPrintProcessors"},
	{16, "RpcGetPrintProcessorDirectory"},
	{17, "RpcStartDocPrinter"},
	{29, "RpcClosePrinter"},
	{35, "RpcEnumPorts"},
	{36, "RpcEnumMonitors"},
	{46, "RpcAddMonitor"},
	{62, "RpcRemoteFindFirstPrinterChangeNotification"},
	{65, "RpcRemoteFindFirstPrinterChangeNotificationEx"},
	{69, "RpcOpenPrinterEx"},
	{70, "RpcAddPrinterEx"},
	{84, "RpcDeletePrinterDriverEx"},
	{89, "RpcAddPrinterDriverEx"},
};

static const struct operation ops_iremotewinspool[] = {
	{0, "RpcAsyncOpenPrinter"},
	{1, "RpcAsyncAddPrinter"},
	{20, "RpcAsyncClosePrinter"},
	{38, "RpcAsyncEnumPrinters"},
	{39, "RpcAsyncAddPrinterDriver"},
	{40, "RpcAsyncEnumPrinterDrivers"},
	{41, "RpcAsyncGetPrinterDriverDirectory"},
	{42, "RpcAsyncDeletePrinterDriver"},
	{43, "RpcAsyncDeletePrinterDriverEx"},
	{44, "RpcAsyncAddPrintProcessor"},
	{51, "RpcAsyncAddMonitor"},
	{62, "RpcAsyncInstallPrinterDriverFromPackage"},
	{63, "RpcAsyncUploadPrinterDriverPackage"},
};

static const struct operation ops_isystemactivator[] = {
	{3, "RemoteGetClassObject"},
	{4, "RemoteCreateInstance"},
};

static const struct operation ops_iactivation[] = {
	{0, "RemoteActivation"},
};

static const struct operation ops_ioxidresolver[] = {
	{0, "ResolveOxid"},
	{1, "SimplePing"},
	{2, "ComplexPing"},
	{3, "ServerAlive"},
	{4, "ResolveOxid2"},
	{5, "ServerAlive2"},
};

static const struct operation ops_iremunknown[] = {
	{3, "RemQueryInterface"},
	{4, "RemAddRef"},
	{5, "RemRelease"},
};

static const struct operation ops_iremunknown2[] = {
	{3, "RemQueryInterface"},
	{4, "RemAddRef"},
	{5, "RemRelease"},
	{6, "RemQueryInterface2"},
};

static const struct operation ops_idispatch[] = {
	{3, "GetTypeInfoCount"},
	{4, "GetTypeInfo"},
	{5, "GetIDsOfNames"},
	{6, "Invoke"},
};

static const struct operation ops_iwbemlevel1login[] = {
	{3, "EstablishPosition"},
	{4, "RequestChallenge"},
	{5, "WBEMLogin"},
	{6, "NTLMLogin"},
};

static const struct operation ops_iwbemloginclientid[] = {
	{3, "SetClientInfo"},
};

static const struct operation ops_iwbemservices[] = {
	{3, "OpenNamespace"},
	{6, "GetObject"},
	{7, "GetObjectAsync"},
	{8, "PutClass"},
	{14, "PutInstance"},
	{15, "PutInstanceAsync"},
	{16, "DeleteInstance"},
	{18, "CreateInstanceEnum"},
	{20, "ExecQuery"},
	{21, "ExecQueryAsync"},
	{22, "ExecNotificationQuery"},
	{23, "ExecNotificationQueryAsync"},
	{24, "ExecMethod"},
	{25, "ExecMethodAsync"},
};

static const struct operation ops_efsrpc[] = {
	{0, "EfsRpcOpenFileRaw"},
	{1, "EfsRpcReadFileRaw"},
	{2, "EfsRpcWriteFileRaw"},
	{3, "EfsRpcCloseRaw"},
	{4, "EfsRpcEncryptFileSrv"},
	{5, "EfsRpcDecryptFileSrv"},
	{6, "EfsRpcQueryUsersOnFile"},
	{7, "EfsRpcQueryRecoveryAgents"},
	{8, "EfsRpcRemoveUsersFromFile"},
	{9, "EfsRpcAddUsersToFile"},
	{11, "EfsRpcNotSupported"},
	{12, "EfsRpcFileKeyInfo"},
	{13, "EfsRpcDuplicateEncryptionInfoFile"},
	{15, "EfsRpcAddUsersToFileEx"},
	{16, "EfsRpcFileKeyInfoEx"},
	{18, "EfsRpcGetEncryptedFileMetadata"},
	{19, "EfsRpcSetEncryptedFileMetadata"},
	{20, "EfsRpcFlushEfsCache"},
	{21, "EfsRpcEncryptFileExSrv"},
};

static const struct operation ops_eventlog[] = {
	{0, "ElfrClearELFW"},
	{1, "ElfrBackupELFW"},
	{2, "ElfrCloseEL"},
	{4, "ElfrNumberOfRecords"},
	{7, "ElfrOpenELW"},
	{9, "ElfrOpenBELW"},
	{10, "ElfrReadELW"},
	{12, "ElfrClearELFA"},
	{14, "ElfrOpenELA"},
	{17, "ElfrReadELA"},
};

static const struct operation ops_ieventservice[] = {
	{6, "EvtRpcClearLog"},
};

static const struct operation ops_netdfs[] = {
	{1, "NetrDfsAdd"},
	{2, "NetrDfsRemove"},
	{12, "NetrDfsAddStdRoot"},
	{13, "NetrDfsRemoveStdRoot"},
	{21, "NetrDfsEnumEx"},
};

static const struct operation ops_fileservervssagent[] = {
	{8, "IsPathSupported"},
	{9, "IsPathShadowCopied"},
};

static const struct operation ops_backupkey[] = {
	{0, "BackuprKey"},
};

static const struct operation ops_dssetup[] = {
	{0, "DsRolerGetPrimaryDomainInformation"},
};

static const struct operation ops_initshutdown[] = {
	{0, "BaseInitiateShutdown"},
	{1, "BaseAbortShutdown"},
	{2, "BaseInitiateShutdownEx"},
};

static const struct operation ops_windowsshutdown[] = {
	{0, "WsdrInitiateShutdown"},
	{1, "WsdrAbortShutdown"},
};

static const struct operation ops_dnsserver[] = {
	{0, "DnssrvOperation"},
	{1, "DnssrvQuery"},
	{5, "DnssrvOperation2"},
	{6, "DnssrvQuery2"},
};

static const struct operation ops_icertpassage[] = {
	{0, "CertServerRequest"},
};

static const struct operation ops_iseclogon[] = {
	{0, "SeclCreateProcessWithLogonW"},
	{1, "SeclCreateProcessWithLogonExW"},
};

static const struct operation ops_msgsvc[] = {
	{0, "NetrMessageNameAdd"},
};

static const struct operation ops_msgsvcsend[] = {
	{0, "NetrSendMessage"},
};

static const struct operation ops_mgmt[] = {
	{0, "inq_if_ids"},
	{1, "inq_stats"},
	{2, "is_server_listening"},
	{3, "stop_server_listening"},
	{4, "inq_princ_name"},
};

#define OPS(of) ops_##of, WARD_ARRAY_LEN(ops_##of)

static const struct interface {
	const char *uuid, *name;
	const struct operation *operation;
	size_t n_operation;
} interfaces[] = {
	{"367abb81-9844-35f1-ad32-98f038001003", "svcctl", OPS(svcctl)},
	{"12345778-1234-abcd-ef00-0123456789ac", "samr", OPS(samr)},
	{"12345778-1234-abcd-ef00-0123456789ab", "lsarpc", OPS(lsarpc)},
	{"e3514235-4b06-11d1-ab04-00c04fc2dcd2", "drsuapi", OPS(drsuapi)},
	{"12345678-1234-abcd-ef00-01234567cffb", "netlogon", OPS(netlogon)},
	{"1ff70682-0a51-30e8-076d-740be8cee98b", "atsvc", OPS(atsvc)},
	{"86d35949-83c9-4044-b424-db363231fd0c", "ITaskSchedulerService",
		OPS(itaskschedulerservice)},
	{"378e52b0-c0a9-11cf-822d-00aa0051e40f", "sasec", NULL, 0},
	{"338cd001-2244-31f1-aaaa-900038001003", "winreg", OPS(winreg)},
	{"4b324fc8-1670-01d3-1278-5a47bf6ee188", "srvsvc", OPS(srvsvc)},
	{"e1af8308-5d1f-11c9-91a4-08002b14a0fa", "epmapper", OPS(epmapper)},
	{"12345678-1234-abcd-ef00-0123456789ab", "spoolss", OPS(spoolss)},
	{"76f03f96-cdfd-44fc-a22c-64950a001209", "IRemoteWinspool", OPS(iremotewinspool)},
	{"4d9f4ab8-7d1c-11cf-861e-0020af6e7c57", "IActivation", OPS(iactivation)},
	{"000001a0-0000-0000-c000-000000000046", "ISystemActivator", OPS(isystemactivator)},
	{"99fcfec4-5260-101b-bbcb-00aa0021347a", "IOXIDResolver", OPS(ioxidresolver)},
	{"00000131-0000-0000-c000-000000000046", "IRemUnknown", OPS(iremunknown)},
	{"00000143-0000-0000-c000-000000000046", "IRemUnknown2", OPS(iremunknown2)},
	{"00020400-0000-0000-c000-000000000046", "IDispatch", OPS(idispatch)},
	{"f309ad18-d86a-11d0-a075-00c04fb68820", "IWbemLevel1Login", OPS(iwbemlevel1login)},
	{"9556dc99-828c-11cf-a37e-00aa003240c7", "IWbemServices", OPS(iwbemservices)},
	{"d4781cd6-e5d3-44df-ad94-930efe48a887", "IWbemLoginClientID", OPS(iwbemloginclientid)},
	{"1c1c45ee-4395-11d2-b60b-00104b703efd", "IWbemFetchSmartEnum", NULL, 0},
	{"423ec01e-2e35-11d2-b604-00104b703efd", "IWbemWCOSmartEnum", NULL, 0},
	{"027947e1-d731-11ce-a357-000000000001", "IEnumWbemClassObject", NULL, 0},
	{"c681d488-d850-11d0-8c52-00c04fd90f7e", "efsrpc", OPS(efsrpc)},
	{"df1941c5-fe89-4e79-bf10-463657acf44d", "efsrpc", OPS(efsrpc)},
	{"82273fdc-e32a-18c3-3f78-827929dc23ea", "eventlog", OPS(eventlog)},
	{"f6beaff7-1e19-4fbb-9f8f-b89e2018337c", "IEventService", OPS(ieventservice)},
	{"3919286a-b10c-11d0-9ba8-00c04fd92ef5", "dssetup", OPS(dssetup)},
	{"6bffd098-a112-3610-9833-46c3f87e345a", "wkssvc", OPS(wkssvc)},
	{"894de0c0-0d55-11d3-a322-00c04fa321a1", "InitShutdown", OPS(initshutdown)},
	{"d95afe70-a6d5-4259-822e-2c84da1ddb0d", "WindowsShutdown", OPS(windowsshutdown)},
	{"4fc742e0-4a10-11cf-8273-00aa004ae673", "netdfs", OPS(netdfs)},
	{"6bffd098-a112-3610-9833-012892020162", "browser", NULL, 0},
	{"17fdd703-1827-4e34-79d4-24a55c53bb37", "msgsvc", OPS(msgsvc)},
	{"5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc", "msgsvcsend", OPS(msgsvcsend)},
	{"8d9f4e40-a03d-11ce-8f69-08003e30051b", "ntsvcs", NULL, 0},
	{"2f5f6520-ca46-1067-b319-00dd010662da", "tapsrv", NULL, 0},
	{"afa8bd80-7d8a-11c9-bef4-08002b102989", "mgmt", OPS(mgmt)},
	{"3dde7c30-165d-11d1-ab8f-00805f14db40", "backupkey", OPS(backupkey)},
	{"a8e0653c-2744-4389-a61d-7373df8b2292", "FileServerVssAgent", OPS(fileservervssagent)},
	{"50abc2a4-574d-40b3-9d66-ee4fd5fba076", "DNSSERVER", OPS(dnsserver)},
	{"91ae6020-9e3c-11cf-8d7c-00aa00c091be", "ICertPassage", OPS(icertpassage)},
	{"12b81e99-f207-4a4c-85d3-77b42f76fd14", "ISecLogon", OPS(iseclogon)},
	{"f5cc5a18-4264-101a-8c59-08002b2f8426", "nspi", NULL, 0},
	{"f5cc59b4-4264-101a-8c59-08002b2f8426", "frsrpc", NULL, 0},
	{"897e2e5f-93f3-4376-9c9c-fd2277495c27", "FrsTransport", NULL, 0},
	{"4da1c422-943d-11d1-acae-00c04fc2aa3f", "trksvr", NULL, 0},
	{"b97db8b2-4c63-11cf-bff6-08002be23f2f", "clusapi", NULL, 0},
	{"484809d6-4239-471b-b5bc-61df8c23ac48", "TermSrvSession", NULL, 0},
};

static const struct interface *find(const char *uuid)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(interfaces); i++)
		if (strcmp(interfaces[i].uuid, uuid) == 0)
			return &interfaces[i];
	return NULL;
}

const char *ward_rpc_endpoint_name(const char *uuid)
{
	const struct interface *f = find(uuid);

	return f ? f->name : NULL;
}

const char *ward_rpc_operation_name(const char *uuid, unsigned number)
{
	const struct interface *f = find(uuid);

	for (size_t i = 0; f && i < f->n_operation; i++)
		if (f->operation[i].number == number)
			return f->operation[i].name;
	return NULL;
}
