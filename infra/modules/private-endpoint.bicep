// Private endpoints of one resource, one for each of its sub-resources.
import { PrivateNetwork } from 'types.bicep'

param name string
param location string

@description('The resource.')
param targetId string

@description('Its sub-resources, such as blob and dfs.')
param groups string[]

param network PrivateNetwork
param tags object

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for group in groups: {
    name: 'pe-${name}-${group}'
    location: location
    tags: tags
    properties: {
      subnet: { id: network.endpointSubnetId }
      privateLinkServiceConnections: [
        {
          name: group
          properties: { privateLinkServiceId: targetId, groupIds: [group] }
        }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (group, i) in groups: {
    parent: endpoints[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: group
          properties: { privateDnsZoneId: network.zoneIds[group] }
        }
      ]
    }
  }
]
