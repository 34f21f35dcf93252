// The event hubs of streams, with the Kafka endpoint. Nothing is captured: the hub itself lands every event.
import { EventHub, PrivateNetwork } from 'types.bicep'

param name string
param location string
param eventHubs EventHub[]
param publicNetworkAccess string
param privateNetwork PrivateNetwork?
param appPrincipalId string
param tags object

var roles = [
  'a638d3c7-ab3a-418d-83e6-5f17a39d4fde' // Azure Event Hubs Data Receiver
  '2b629674-e913-4c01-ae53-ef4638d8f975' // Azure Event Hubs Data Sender
]

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  tags: tags
  properties: {
    kafkaEnabled: true
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    isAutoInflateEnabled: true
    maximumThroughputUnits: 10
    publicNetworkAccess: publicNetworkAccess
  }
}

resource hubs 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [
  for hub in eventHubs: {
    parent: namespace
    name: hub.name
    properties: {
      partitionCount: hub.partitions
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: hub.retentionHours }
    }
  }
]

// The hub reads in a group of its own, so that others may read beside it.
resource consumers 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [
  for (hub, i) in eventHubs: {
    parent: hubs[i]
    name: 'hub'
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(namespace.id, appPrincipalId, role)
    scope: namespace
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
    }
  }
]

module endpoints 'private-endpoint.bicep' = if (privateNetwork != null) {
  name: 'event-hubs-endpoints'
  params: {
    name: name
    location: location
    targetId: namespace.id
    groups: ['namespace']
    network: privateNetwork!
    tags: tags
  }
}

output fullyQualifiedNamespace string = '${namespace.name}.servicebus.windows.net'
