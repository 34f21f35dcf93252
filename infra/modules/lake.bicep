// The hub root: one container of an account with a hierarchical namespace, so that folders have rights and are renamed at once.
import { Application, PrivateNetwork } from 'types.bicep'

param name string
param location string
param sku string
param softDeleteDays int
param coolAfterDays int
param publicNetworkAccess string
param privateNetwork PrivateNetwork?

@description('The app\'s identity. It owns the container\'s data: the trigger of files asks for no less.')
param appPrincipalId string

@description('The applications; each team may write its configuration and what it lands, and read its data.')
param applications Application[]

param workspaceId string
param tags object

var containerName = 'hub'
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: sku }
  tags: tags
  properties: {
    isHnsEnabled: true
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess
    networkAcls: {
      defaultAction: publicNetworkAccess == 'Enabled' ? 'Allow' : 'Deny'
      bypass: 'AzureServices'
    }
  }
}

// Blobs of an account with a hierarchical namespace have no versions: earlier versions of tables are the tables' own, and of documents their revisions.
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: containerName
  properties: { publicAccess: 'None' }
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (coolAfterDays > 0) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'data-that-rests-is-cool'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${containerName}/data/applications/', '${containerName}/landing/']
            }
            actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: coolAfterDays } } }
          }
        }
      ]
    }
  }
}

// The leases and receipts of the triggers that files of the lake start are queues and blobs of its own account.
resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, storageQueueDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageQueueDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource owner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(container.id, appPrincipalId, storageBlobDataOwner)
  scope: container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The built-in role for it may delete the container as well, and no condition keeps it from that; it may move files, and of where they go no condition knows.
resource fileWriter 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (!empty(applications)) {
  name: guid(account.id, 'file-writer')
  properties: {
    roleName: 'Hub files writer of ${name}'
    description: 'Reads, writes and deletes files of a hub, and nothing of their container.'
    type: 'CustomRole'
    assignableScopes: [resourceGroup().id]
    permissions: [
      {
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
        ]
      }
    ]
  }
}

// Teams write their configuration and what they land and read their data; readers read the layers that they are named for.
var teams = map(applications, application => application.teamGroupId)
var readers = flatten(map(applications, application => map(application.?readers ?? [], reader => reader.groupId)))

module groups 'group-access.bicep' = [
  for group in union(teams, readers): {
    name: 'group-${group}'
    params: {
      accountName: account.name
      containerName: container.name
      groupId: group
      writes: flatten(map(
        filter(applications, application => application.teamGroupId == group),
        application => ['config/applications/${application.name}', 'landing/${application.name}']
      ))
      reads: flatten(map(
        applications,
        application =>
          application.teamGroupId == group
            ? ['data/applications/${application.name}']
            : flatten(map(
                filter(application.?readers ?? [], reader => reader.groupId == group),
                reader => map(reader.layers, layer => 'data/applications/${application.name}/${layer}')
              ))
      ))
      writerRoleId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', fileWriter.name)
    }
  }
]

module endpoints 'private-endpoint.bicep' = if (privateNetwork != null) {
  name: 'lake-endpoints'
  params: {
    name: name
    location: location
    targetId: account.id
    groups: ['blob', 'dfs', 'queue']
    network: privateNetwork!
    tags: tags
  }
}

// Tells of files that come: documents to be published, and data that something waits for.
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${name}'
  location: location
  tags: tags
  properties: {
    source: account.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

// Who read and wrote what.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

output name string = account.name
output container string = container.name
output eventTopic string = topic.name
output hubRoot string = 'abfss://${container.name}@${account.name}.dfs.${az.environment().suffixes.storage}/'
