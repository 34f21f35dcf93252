// What a group may do in the hub root: write below some folders, read below others. Conditions on the path bound its roles; unlike the rights of folders
// they hold for what comes later too, whoever writes it. Azure has a role once for a group in one place, so all of a group's folders are in one condition.
param accountName string
param containerName string

@description('The object id of the group in Microsoft Entra.')
param groupId string

@description('The folders below which it reads and writes files.')
param writes string[]

@description('The folders below which it reads files.')
param reads string[]

@description('The role that reads, writes and deletes files, and nothing of their container.')
param writerRoleId string

var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

// Names are no secret: whoever may read something may list.
var isNoRead = '!(ActionMatches{\'${blobs}/read\'} AND NOT SubOperationMatches{\'Blob.List\'})'
var isNoWrite = join(
  map(['write', 'add/action', 'delete'], action => '!(ActionMatches{\'${blobs}/${action}\'})'),
  ' AND '
)

func isBelow(blobs string, folders string[]) string =>
  join(map(folders, folder => '@Resource[${blobs}:path] StringLike \'${folder}/*\''), ' OR ')

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${accountName}/default/${containerName}'
}

resource writer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(writes)) {
  name: guid(container.id, groupId, writerRoleId)
  scope: container
  properties: {
    roleDefinitionId: writerRoleId
    principalId: groupId
    principalType: 'Group'
    conditionVersion: '2.0'
    condition: '((${isNoRead} AND ${isNoWrite}) OR (${isBelow(blobs, writes)}))'
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, groupId, storageBlobDataReader)
  scope: container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataReader)
    principalId: groupId
    principalType: 'Group'
    conditionVersion: '2.0'
    condition: '((${isNoRead}) OR (${isBelow(blobs, reads)}))'
  }
}
