// What the team of an application may do in the hub root: write its own configuration and landing zone, read its own data.
import { Application } from 'types.bicep'

param accountName string
param containerName string
param application Application

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

var configuration = 'config/applications/${application.name}/*'
var landing = 'landing/${application.name}/*'
var data = 'data/applications/${application.name}/*'

var writes = [
  '!(ActionMatches{\'${blobs}/read\'} AND NOT SubOperationMatches{\'Blob.List\'})'
  '!(ActionMatches{\'${blobs}/write\'})'
  '!(ActionMatches{\'${blobs}/add/action\'})'
  '!(ActionMatches{\'${blobs}/delete\'})'
  '!(ActionMatches{\'${blobs}/move/action\'})'
]
var isOwn = '@Resource[${blobs}:path] StringLike \'${configuration}\' OR @Resource[${blobs}:path] StringLike \'${landing}\''
var isOwnData = '@Resource[${blobs}:path] StringLike \'${data}\''

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${accountName}/default/${containerName}'
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, application.teamGroupId, application.name, storageBlobDataContributor)
  scope: container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    principalId: application.teamGroupId
    principalType: 'Group'
    conditionVersion: '2.0'
    condition: '((${join(writes, ' AND ')}) OR (${isOwn}))'
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, application.teamGroupId, application.name, storageBlobDataReader)
  scope: container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataReader)
    principalId: application.teamGroupId
    principalType: 'Group'
    conditionVersion: '2.0'
    condition: '((${writes[0]}) OR (${isOwnData}))'
  }
}
